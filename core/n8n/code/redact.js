// Hides what looks like a key or a token, and cuts long text. The key itself stays in n8n's credential and never comes
// here. This is for the case that somebody typed one into a prompt, a header or an address.
const SECRETS = [
  /\bsk-[A-Za-z0-9_-]{8,}/g, // Anthropic, OpenAI, OpenRouter, LiteLLM, DeepSeek
  /\b(?:AIza|gsk_|xai-|pplx-|hf_|ABSK|AKIA|ASIA|xox[abprs]-|gh[pousr]_|glpat-)[A-Za-z0-9_+/=-]{8,}/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g, // JWT, also n8n's own API keys
  /\bU2FsdGVkX1[A-Za-z0-9+/=]{8,}/g, // n8n's encrypted data
  /\b(?:bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi,
  /\/\/[^\s/@:]+:[^\s/@]+@/g, // user:password@ in an address
  /(?:api[_-]?key|token|secret|password|passwd|authorization)["'\s]*[:=]["'\s]*[^\s"',;&]{6,}/gi,
  /[A-Za-z0-9+/_=-]{48,}/g, // anything else that long is no word
];

function hide(value, longest) {
  if (value === null || value === undefined) return null;
  let text = typeof value === 'string' ? value : JSON.stringify(value);
  text = text.slice(0, 20000);
  for (const secret of SECRETS) text = text.replace(secret, '[hidden]');
  return text.length > longest ? text.slice(0, longest) + '…' : text;
}
