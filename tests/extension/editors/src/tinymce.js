import { offer, toHtml } from "./bench.js";

const [editor] = await window.tinymce.init({ selector: "#editor", license_key: "gpl", promotion: false, branding: false, height: 300, base_url: "/node_modules/tinymce", suffix: ".min" });
offer({ load: (paragraphs) => editor.setContent(toHtml(paragraphs)), html: () => editor.getContent() });
