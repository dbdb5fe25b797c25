// Passkeys: a form marked data-passkey asks the device before it is sent. “create” and “get” carry their options in
// data-options; “login” fetches them, because nobody is known yet.
{
  const bytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  };
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-")
      .replace(/\//g, "_")
      .replace(/=+$/, "");

  const known = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

  const create = async ({ publicKey }) => {
    const options = {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      excludeCredentials: known(publicKey.excludeCredentials),
      authenticatorSelection: {
        ...publicKey.authenticatorSelection,
        residentKey: "required",
        requireResidentKey: true,
        userVerification: "required",
      },
    };
    const made = await navigator.credentials.create({ publicKey: options });
    const { clientDataJSON, attestationObject } = made.response;
    return {
      id: made.id,
      rawId: text(made.rawId),
      type: made.type,
      clientExtensionResults: made.getClientExtensionResults(),
      response: {
        clientDataJSON: text(clientDataJSON),
        attestationObject: text(attestationObject),
        transports: made.response.getTransports?.() || [],
      },
    };
  };

  const get = async ({ publicKey }) => {
    const options = {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      allowCredentials: known(publicKey.allowCredentials),
    };
    const given = await navigator.credentials.get({ publicKey: options });
    const { clientDataJSON, authenticatorData, signature, userHandle } = given.response;
    return {
      id: given.id,
      rawId: text(given.rawId),
      type: given.type,
      clientExtensionResults: given.getClientExtensionResults(),
      response: {
        clientDataJSON: text(clientDataJSON),
        authenticatorData: text(authenticatorData),
        signature: text(signature),
        userHandle: userHandle ? text(userHandle) : null,
      },
    };
  };

  const login = async (form) => {
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
    return get((await answer.json()).request_options);
  };

  const ways = {
    create: (form) => create(JSON.parse(form.dataset.options)),
    get: (form) => get(JSON.parse(form.dataset.options)),
    login,
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const way = ways[form.dataset.passkey];
    if (!way) return;
    event.preventDefault();
    const trouble = document.querySelector("[data-passkey-trouble]");
    if (trouble) trouble.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify(await way(form));
      form.submit();
    } catch (error) {
      console.warn(error);
      if (trouble) trouble.hidden = false;
    }
  });

  if (!window.PublicKeyCredential) {
    document.querySelectorAll("[data-passkey]").forEach((form) => (form.hidden = true));
  }
}
