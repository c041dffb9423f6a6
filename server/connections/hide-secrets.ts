const HIDDEN = '•••';
const SHORTEST = 4;

/** Takes secrets out of texts, also as base64 and as in addresses: a driver may put one into a message. */
export function hideSecrets(secrets: readonly string[]): (text: string) => string {
  const forms = secrets
    .filter((secret) => secret.length >= SHORTEST)
    .flatMap((secret) => [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64'), JSON.stringify(secret).slice(1, -1)])
    .toSorted((one, other) => other.length - one.length);
  return forms.length === 0 ? (text) => text : (text) => forms.reduce((hidden, form) => hidden.replaceAll(form, HIDDEN), text);
}
