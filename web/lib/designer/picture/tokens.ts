/** Values of the design tokens of one theme, read from the style sheet that defines them: the same for the page that is seen and the other. */
export function tokensOf(css: string, dark: boolean): (token: string) => string {
  const values = new Map<string, string>();
  for (const [, selector, block] of css.matchAll(/(:root(?:\.dark)?) \{([^}]*)\}/g)) {
    if (selector === ':root.dark' && !dark) continue;
    for (const [, name, value] of block!.replace(/\/\*.*?\*\//gs, '').matchAll(/(--[\w-]+):([^;]+);/g))
      if (!value!.includes('0ms')) values.set(name!, value!.trim());
  }
  const resolve = (token: string, depth = 0): string => {
    const value = values.get(token);
    if (value === undefined || depth > 5) throw new Error(`There is no token ${token}.`);
    const reference = /^var\((--[\w-]+)\)$/.exec(value)?.[1];
    return reference === undefined ? value : resolve(reference, depth + 1);
  };
  return (token) => resolve(token);
}
