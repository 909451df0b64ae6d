// Stands in for the browser's extension API where panel and options are tested alone. `window.coach` is the test's handle.
(() => {
  const listeners = { message: [], disconnect: [], stored: [], added: [], removed: [] };
  const event = (name) => ({ addListener: (listener) => listeners[name].push(listener) });
  const coach = { sent: [], asked: [], removed: [], opened: [], stored: {}, origins: [], grant: true, answers: {}, commands: [], connected: 0, ...window.coachStart };
  coach.show = (state) => listeners.message.forEach((listener) => listener({ type: "state", state }));
  coach.drop = () => listeners.disconnect.splice(0).forEach((listener) => listener());
  window.coach = coach;
  window.chrome = {
    runtime: {
      id: "abcdefghijklmnop",
      connect: () => {
        coach.connected += 1;
        return { postMessage: (message) => coach.sent.push(message), onMessage: event("message"), onDisconnect: event("disconnect") };
      },
      sendMessage: async (message) => (coach.sent.push(message), coach.answers[message.type]),
    },
    permissions: {
      request: async ({ origins }) => {
        coach.asked.push(...origins);
        if (coach.grant) coach.origins.push(...origins);
        return coach.grant;
      },
      remove: async ({ origins }) => {
        coach.removed.push(...origins);
        coach.origins = coach.origins.filter((one) => !origins.includes(one));
        return true;
      },
      getAll: async () => ({ origins: [...coach.origins] }),
      onAdded: event("added"),
      onRemoved: event("removed"),
    },
    storage: {
      local: {
        get: async (name) => (name in coach.stored ? { [name]: coach.stored[name] } : {}),
        set: async (values) => {
          const changes = Object.fromEntries(Object.entries(values).map(([name, newValue]) => [name, { newValue }]));
          Object.assign(coach.stored, values);
          listeners.stored.forEach((listener) => listener(changes, "local"));
        },
      },
      onChanged: event("stored"),
    },
    commands: { getAll: async () => coach.commands },
    tabs: { create: async ({ url }) => coach.opened.push(url) },
    i18n: { getMessage: (name) => name },
  };
})();
