import "summernote/dist/summernote-lite.css";
import $ from "jquery";
import { offer, toHtml } from "./bench.js";

window.$ = window.jQuery = $;
await import("summernote/dist/summernote-lite.js");
const editor = $("#editor");
editor.summernote({ height: 240 });
offer({ load: (paragraphs) => editor.summernote("code", toHtml(paragraphs)), html: () => editor.summernote("code") });
