/** Reads the optional parameters of a schedule or trigger; throws with words for people. */
export function readParameters(text: string): Record<string, unknown> {
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`The parameters are not JSON: ${error instanceof Error ? error.message : String(error)}.`, { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('The parameters must be a JSON object, such as {"seed": 1}.');
  return value as Record<string, unknown>;
}
