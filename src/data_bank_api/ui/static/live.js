// What a page shows follows what happens: an element with `data-events` names a stream of
// server-sent events, and is told `bank:news` when one comes, by which htmx asks for it anew.
// So what is shown is always what the server says; an event only says when to look.
"use strict";
(() => {
  const TYPES = ["started", "progress", "completed", "failed"].map((name) => `databank.job.${name}.v1`);
  const PAUSE = 500; // milliseconds between two looks, where `data-pause` says nothing else
  const AGAIN = 10000; // after a stream that ended

  let source = null;
  let address = "";
  let looking = 0;

  const place = () => document.querySelector("[data-events]");

  function look() {
    looking = 0;
    const element = place();
    if (element) htmx.trigger(element, "bank:news");
  }

  function hear() {
    looking ||= setTimeout(look, Number(place()?.dataset.pause) || PAUSE);
  }

  function listen() {
    // A hidden page lets its connection go: a browser has six for all pages of a bank.
    const wanted = document.hidden ? "" : place()?.dataset.events ?? "";
    if (wanted === address) return;
    source?.close();
    source = null;
    address = wanted;
    if (wanted) open();
  }

  function open() {
    source = new EventSource(address);
    source.addEventListener("open", hear); // something may have happened before
    for (const type of TYPES) source.addEventListener(type, hear);
    source.addEventListener("error", (event) => {
      if (event.target.readyState !== EventSource.CLOSED) return; // it comes again by itself
      address = "";
      hear();
      setTimeout(listen, AGAIN);
    });
  }

  document.addEventListener("htmx:before:request", () => document.getElementById("notice").replaceChildren());
  document.addEventListener("htmx:after:swap", listen);
  document.addEventListener("visibilitychange", listen);
  addEventListener("pagehide", () => source?.close());
  listen();
})();
