// Several OpenAPI files as one that Prism can serve: node merge.cjs <folder> <file to write>
//
// Prism leaves out, without a word, every schema whose regular expressions JavaScript refuses in Unicode mode. Such a
// pattern is written without its needless backslashes, or dropped, so that all the rest of its schema is checked.
const fs = require("node:fs");
const path = require("node:path");

const NEEDLESS = /\\([^\^$\\.*+?()[\]{}|\/dDwWsSbBnrtvfpPuxk0-9-])/g;

function isGood(pattern) {
  try {
    new RegExp(pattern, "u");
    return true;
  } catch {
    return false;
  }
}

function mend(node) {
  if (Array.isArray(node)) return node.forEach(mend);
  if (node === null || typeof node !== "object") return;
  if (typeof node.pattern === "string" && !isGood(node.pattern)) {
    const plainer = node.pattern.replace(NEEDLESS, "$1");
    if (isGood(plainer)) node.pattern = plainer;
    else delete node.pattern;
  }
  Object.values(node).forEach(mend);
}

function named(node, prefix) {
  if (Array.isArray(node)) return node.forEach((each) => named(each, prefix));
  if (node === null || typeof node !== "object") return;
  if (typeof node.$ref === "string") node.$ref = node.$ref.replace(/^(#\/components\/\w+\/)/, `$1${prefix}.`);
  Object.values(node).forEach((each) => named(each, prefix));
}

const [folder, target] = process.argv.slice(2);
const whole = { openapi: "3.0.3", info: { title: "All", version: "1" }, paths: {}, components: {} };
for (const name of fs.readdirSync(folder).filter((each) => each.endsWith(".json")).sort()) {
  const prefix = path.basename(name, ".json");
  const one = JSON.parse(fs.readFileSync(path.join(folder, name), "utf8"));
  named(one, prefix);
  mend(one);
  Object.assign(whole.paths, one.paths);
  for (const [kind, items] of Object.entries(one.components)) {
    whole.components[kind] ??= {};
    for (const [key, item] of Object.entries(items)) {
      whole.components[kind][kind === "securitySchemes" ? key : `${prefix}.${key}`] = item;
    }
  }
}
// PayPal's description of vault/payment-tokens was published without the type that its guide uses.
const token = whole.components.schemas?.["vault_payment_tokens_v3.token_id_request"]?.properties?.type;
if (token?.enum && !token.enum.includes("SETUP_TOKEN")) token.enum.push("SETUP_TOKEN");
// Tokens are given at an address that none of the files describes.
const form = { type: "object", properties: { grant_type: { type: "string", enum: ["client_credentials"] } } };
whole.paths["/v1/oauth2/token"] = {
  post: {
    requestBody: { content: { "application/x-www-form-urlencoded": { schema: form } } },
    responses: { 200: { description: "A token" }, 401: { description: "Unknown" } },
  },
};
fs.writeFileSync(target, JSON.stringify(whole));
