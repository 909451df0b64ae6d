import "ckeditor5/ckeditor5.css";
import { Bold, ClassicEditor, Essentials, Paragraph } from "ckeditor5";
import { offer, toHtml } from "./bench.js";

const editor = await ClassicEditor.create(document.querySelector("#editor"), { licenseKey: "GPL", plugins: [Essentials, Paragraph, Bold], toolbar: ["bold"] });
offer({ load: (paragraphs) => editor.setData(toHtml(paragraphs)), html: () => editor.getData() });
