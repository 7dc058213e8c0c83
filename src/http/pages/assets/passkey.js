// Asks the browser for a passkey and sends what it gives with the one form of the page. Binary values
// travel as base64url, as WebAuthn's own JSON form has them.
"use strict";

const form = document.getElementById("passkey");
const answer = document.getElementById("credential");
const button = form.querySelector("button");
const creates = form.dataset.ceremony === "create";

const toBytes = (text) => {
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
};

const toText = (buffer) => {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte));
  return btoa(letters.join("")).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};

const withBytes = (descriptor) => ({ ...descriptor, id: toBytes(descriptor.id) });

// What the server sends, with its binary values as bytes.
const options = () => {
  const { publicKey } = JSON.parse(form.dataset.options);
  publicKey.challenge = toBytes(publicKey.challenge);
  if (publicKey.user) {
    publicKey.user.id = toBytes(publicKey.user.id);
  }
  publicKey.excludeCredentials = publicKey.excludeCredentials?.map(withBytes) ?? [];
  publicKey.allowCredentials = publicKey.allowCredentials?.map(withBytes) ?? [];
  return { publicKey };
};

// What the authenticator gives, with its bytes as text.
const written = (credential) => {
  const response = { clientDataJSON: toText(credential.response.clientDataJSON) };
  if (creates) {
    response.attestationObject = toText(credential.response.attestationObject);
    response.transports = credential.response.getTransports?.() ?? [];
  } else {
    response.authenticatorData = toText(credential.response.authenticatorData);
    response.signature = toText(credential.response.signature);
    const handle = credential.response.userHandle;
    response.userHandle = handle && handle.byteLength > 0 ? toText(handle) : null;
  }
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    response,
    extensions: {},
  });
};

const say = (id) => {
  for (const fault of document.querySelectorAll(".fault")) {
    fault.hidden = fault.id !== id;
  }
};

// A page that comes back by the browser's history still holds what was sent.
answer.value = "";

form.addEventListener("submit", async (submitted) => {
  if (answer.value !== "") {
    return;
  }
  submitted.preventDefault();
  if (!navigator.credentials || !window.PublicKeyCredential) {
    say("passkey-unsupported");
    return;
  }
  button.disabled = true;
  try {
    const asked = options();
    const given = creates ? await navigator.credentials.create(asked) : await navigator.credentials.get(asked);
    answer.value = written(given);
  } catch {
    say("passkey-failed");
    return;
  } finally {
    button.disabled = false;
  }
  form.requestSubmit(button);
});
