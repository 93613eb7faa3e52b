// Uploads with a bar: each chosen or dropped file is sent by itself, one after the other, and is a
// line with its progress, a button that ends it, and a link to what was stored. Without this script
// the form sends one file.
//
// A form with `data-as="form"` is sent with its other fields when it is submitted; who sends one
// file is led to what it became. Any other is the bytes of the file alone, sent when it is chosen.
"use strict";
(() => {
  const form = document.getElementById("upload");
  const list = document.getElementById("uploads");
  if (!form || !list) return;
  const chosen = form.querySelector("input[type=file]");
  const address = new URL(form.action).pathname;
  const isForm = form.dataset.as === "form";
  const waiting = [];
  let isSending = false;

  const UNITS = ["bytes", "kB", "MB", "GB", "TB"]; // as ui/words.py has them

  function size(count) {
    let unit = 0;
    let value = count;
    while (value >= 999.5 && unit < UNITS.length - 1) [value, unit] = [value / 1000, unit + 1];
    const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
    return `${value.toFixed(digits)} ${UNITS[unit]}`;
  }

  function element(tag, className, text = "") {
    const made = document.createElement(tag);
    made.className = className;
    made.textContent = text;
    return made;
  }

  // A line for a file, as text: a name may hold whatever it wants.
  function line(file) {
    const item = element("li", "upload");
    const name = element("span", "name", file.name);
    const bar = element("progress", "");
    bar.max = Math.max(1, file.size);
    bar.value = 0;
    bar.setAttribute("aria-label", `Upload of ${file.name}`);
    const says = element("span", "says", `waiting, ${size(file.size)}`);
    const stop = element("button", "plain", "Stop");
    stop.type = "button";
    item.append(name, bar, says, stop);
    list.append(item);
    list.hidden = false;
    return { file, item, name, bar, says, stop, isStopped: false };
  }

  function end(upload, className, text) {
    upload.item.classList.add(className);
    upload.says.textContent = text;
    upload.stop.remove();
  }

  function finish(upload, request) {
    let told = {};
    try {
      told = JSON.parse(request.responseText);
    } catch {
      // what a proxy answers may be anything
    }
    if (request.status === 401) {
      location.assign(`/ui/sign-in?next=${encodeURIComponent(location.pathname)}`);
    } else if (request.status === 200 || request.status === 201) {
      if (told.path) {
        const link = element("a", "name", upload.file.name);
        link.href = told.path;
        upload.name.replaceWith(link);
      }
      upload.bar.value = upload.bar.max;
      end(upload, "done", `${told.is_new ? "stored" : "was there already"}, ${size(upload.file.size)}`);
      const listed = document.getElementById("list");
      if (listed) htmx.trigger(listed, "bank:news");
      if (upload.isAlone && told.path) leadTo(told.path);
    } else {
      end(upload, "failed", told.message ?? `the bank answered ${request.status}`);
    }
  }

  function leadTo(path) {
    isSending = false;
    location.assign(path);
  }

  // Bytes and parts without a type: so the bank may tell one by the name.
  function put(request, file, name) {
    if (!isForm) {
      request.open("POST", `${address}?name=${encodeURIComponent(file.name)}`);
      return file;
    }
    request.open("POST", address);
    const fields = new FormData();
    if (name) fields.append("name", name);
    fields.append("file", new File([file], file.name));
    return fields;
  }

  function send(upload) {
    const { file, bar, says } = upload;
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.upload.addEventListener("progress", (event) => {
        bar.value = Math.min(event.loaded, file.size); // of a form a little more is sent
        says.textContent = `${size(bar.value)} of ${size(file.size)}`;
      });
      request.upload.addEventListener("load", () => (says.textContent = "being stored"));
      request.addEventListener("load", () => finish(upload, request));
      request.addEventListener("error", () => end(upload, "failed", "the connection was lost"));
      request.addEventListener("abort", () => end(upload, "failed", "stopped"));
      request.addEventListener("loadend", resolve);
      upload.stop.addEventListener("click", () => request.abort());
      const body = put(request, file, upload.called);
      request.setRequestHeader("Accept", "application/json");
      request.setRequestHeader("X-Proof", form.dataset.proof);
      request.send(body);
    });
  }

  async function sendAll() {
    if (isSending) return;
    isSending = true;
    for (let upload = waiting.shift(); upload; upload = waiting.shift()) {
      if (!upload.isStopped) await send(upload);
    }
    isSending = false;
  }

  function take(files, name = "") {
    for (const file of files) {
      const upload = { ...line(file), called: name, isAlone: isForm && files.length === 1 };
      upload.stop.addEventListener("click", () => {
        upload.isStopped = true;
        end(upload, "failed", "stopped");
      });
      waiting.push(upload);
    }
    sendAll();
  }

  function takeChosen() {
    const files = [...chosen.files];
    const name = form.elements.name?.value ?? "";
    form.reset();
    take(files, files.length === 1 ? name : "");
  }

  chosen.multiple = true;
  form.classList.add(isForm ? "with-fields" : "with-script");
  if (!isForm) chosen.addEventListener("change", takeChosen);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (isForm) takeChosen();
    else chosen.click();
  });
  for (const name of ["dragenter", "dragover"]) {
    form.addEventListener(name, (event) => {
      event.preventDefault();
      form.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) {
    form.addEventListener(name, () => form.classList.remove("over"));
  }
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    take([...event.dataTransfer.files]);
  });
  addEventListener("beforeunload", (event) => {
    if (isSending) event.preventDefault();
  });
})();
