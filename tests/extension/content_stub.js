// Stands in for the extension API of the content script where it is tested alone, on a page. `window.worker` is the test's handle.
(() => {
  const wakers = [];
  const worker = { told: [], ports: 0, answers: true, refuses: false, port: null };
  worker.say = (message) => worker.port?.hear.forEach((listener) => listener(message));
  worker.die = () => {
    const { port } = worker;
    worker.port = null;
    port?.ends.forEach((listener) => listener());
  };
  worker.wake = () => wakers.forEach((listener) => listener({ type: "wake" }));
  worker.of = (type) => worker.told.filter((message) => message.type === type);
  window.worker = worker;
  window.chrome = {
    runtime: {
      id: "pnnnikifkepfnadfjfnkjcchlbhennng",
      onMessage: { addListener: (listener) => wakers.push(listener), removeListener: () => undefined },
      connect: () => {
        if (worker.refuses) throw new Error("Extension context invalidated.");
        const port = { hear: [], ends: [] };
        worker.port = port;
        worker.ports += 1;
        const answers = worker.answers;
        setTimeout(() => answers && worker.port === port && worker.say({ type: "start", uiLanguage: "en" }), 5);
        return {
          postMessage: (message) => {
            if (worker.port !== port) throw new Error("Attempting to use a disconnected port object");
            if (answers) worker.told.push(structuredClone(message));
          },
          onMessage: { addListener: (listener) => port.hear.push(listener) },
          onDisconnect: { addListener: (listener) => port.ends.push(listener) },
          disconnect: () => worker.port === port && (worker.port = null),
        };
      },
    },
  };
})();
