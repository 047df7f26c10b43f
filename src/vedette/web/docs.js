// Authorize and try routes from the page of the API. The token stays in this page's memory.
"use strict";

let token = "";

async function authorize(event) {
  event.preventDefault();
  const form = event.target;
  const response = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  const body = await response.json();
  token = response.ok ? body.access_token : "";
  form.querySelector("output").value = response.ok ? "Authorized until you leave this page." : body.error.message;
}

function requestOf(form) {
  const query = new URLSearchParams();
  let path = form.dataset.path;
  for (const field of form.querySelectorAll("[data-in]")) {
    if (field.dataset.in === "path") path = path.replace(`{${field.name}}`, encodeURIComponent(field.value));
    else if (field.value) query.set(field.name, field.value);
  }
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  const json = form.querySelector("textarea");
  const file = form.querySelector("input[type=file]");
  if (json) headers["content-type"] = "application/json";
  const body = json ? json.value || null : file ? new FormData(form) : null;
  return [query.size ? `${path}?${query}` : path, { method: form.dataset.method, headers, body }];
}

async function send(event) {
  event.preventDefault();
  const shown = event.target.querySelector("output");
  shown.value = "…";
  try {
    const response = await fetch(...requestOf(event.target));
    const text = await response.text();
    const json = response.headers.get("content-type") === "application/json";
    shown.value = `${response.status}\n${json ? JSON.stringify(JSON.parse(text), null, 2) : text}`;
  } catch (error) {
    shown.value = String(error);
  }
}

document.getElementById("authorize").addEventListener("submit", authorize);
for (const form of document.querySelectorAll("form[data-path]")) form.addEventListener("submit", send);
