// The certified OpenID provider of npm (`oidc-provider`), with the claims of the Swedish OIDC profile and a login form of one field.
// Run as `node provider.mjs CONFIG.json`; prints its port once it listens. POST /test/rotate signs with a new key from then on.
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { generateKeyPairSync } from "node:crypto";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const config = JSON.parse(readFileSync(process.argv[2]));
const require = createRequire(config.modules + "/x.js");
const { Provider } = await import(pathToFileURL(require.resolve("oidc-provider")).href);

const ID = "https://id.oidc.se";
const claims = {
  openid: ["sub", "acr", "auth_time"],
  profile: ["name", "given_name", "family_name"],
  [`${ID}/scope/naturalPersonNumber`]: [`${ID}/claim/personalIdentityNumber`, `${ID}/claim/coordinationNumber`],
  [`${ID}/scope/naturalPersonOrgId`]: [`${ID}/claim/orgAffiliation`, `${ID}/claim/orgName`, `${ID}/claim/orgNumber`],
  hsa: ["employeeHsaId"],
};

const jwk = (kid) => ({ ...generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" }), kid, use: "sig" });

const make = (issuer, keys) =>
  new Provider(issuer, {
    clients: config.clients.map((client) => ({ redirect_uris: config.redirects, ...client })),
    jwks: { keys },
    cookies: { keys: ["only for tests"] },
    claims,
    acrValues: config.acr,
    pkce: { required: () => true },
    conformIdTokenClaims: config.conform,
    features: {
      devInteractions: { enabled: false },
      claimsParameter: { enabled: true },
      jwtUserinfo: { enabled: true },
    },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    async findAccount(_context, id) {
      const told = config.accounts[id];
      return told && { accountId: id, claims: () => ({ sub: id, ...told }) };
    },
    async loadExistingGrant(context) {
      const grant = new context.oidc.provider.Grant({ clientId: context.oidc.client.clientId, accountId: context.oidc.session.accountId });
      grant.addOIDCScope(config.scopes.join(" "));
      grant.addOIDCClaims(["acr"]);
      await grant.save();
      return grant;
    },
  });

let keys = [jwk("first")];
const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  let provider = make(issuer, keys);
  server.on("request", async (request, response) => {
    const [path, query] = request.url.split("?");
    if (path === "/test/rotate") {
      keys = [jwk("second")];
      provider = make(issuer, keys);
      return response.end();
    }
    if (path.startsWith("/interaction/")) {
      // ?login=NAME&acr=VALUE: who shows who they are, and how well; ?cancel: they do not
      const asked = new URLSearchParams(query);
      const result = asked.has("cancel")
        ? { error: "access_denied", error_description: "cancelled" }
        : { login: { accountId: asked.get("login"), acr: asked.get("acr"), remember: true } };
      if (!asked.has("login") && !asked.has("cancel")) return response.end("Who are you?");
      return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
    }
    return provider.callback()(request, response);
  });
  console.log(server.address().port);
});
