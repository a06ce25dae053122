"""OpenID Connect: Kedja as a relying party of any provider (OpenID Connect Core 1.0; the Swedish OIDC profile 1.0)."""
