/**
 * Events as webhooks: HTTP requests that their receiver can trust.
 *
 * <p><b>Signing.</b> A {@link io.heliograph.webhook.Signer} signs what goes out, byte by byte, as
 * <a href="https://www.standardwebhooks.com/">Standard Webhooks 1.0.0</a> has it, with each key of a
 * {@link io.heliograph.webhook.KeyRing}; a {@link io.heliograph.webhook.WebhookVerifier} is for whoever receives it. On the
 * disk secrets are closed by a {@link io.heliograph.webhook.SecretSeal}.
 */
package io.heliograph.webhook;
