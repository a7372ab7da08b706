// A first look at what is being typed: does it name someone? It warns, and never refuses.

const CAPITAL = "[A-ZÀ-ÖØ-ÞŒ][\\p{L}\\p{N}_’'\\-]+";
const TITLES = "M\\.|MM\\.|Mr\\.?|Mme\\.?|Mlle\\.?|Monsieur|Madame|Mademoiselle|Dr\\.?|Docteur|Maître|Mrs\\.?|Ms\\.?";
const OFFICES = "(?:le|la|les|l[’']|du|de|des|le Maire|Maire|Préfet|Président|Directeur)(?![\\p{L}\\p{N}_])";
const START = "(?<![\\p{L}\\p{N}_])";
const PATTERNS = [
  `${START}(?:${TITLES})[ \\u00a0](?!${OFFICES})(?:d[eu][ \\u00a0])?(${CAPITAL}(?:[ \\u00a0]${CAPITAL})?)`,
  `${START}(?:s[’']appelle|m[’']appelle|nommée?|prénommée?|prénom|de la part de|named|called)[ \\u00a0](${CAPITAL}(?:[ \\u00a0]${CAPITAL})?)`,
  `${START}([A-Z]\\.[ \\u00a0]?${CAPITAL})`,
  `${START}([\\p{L}\\p{N}_.+\\-]+@[\\p{L}\\p{N}_\\-]+\\.[\\p{L}\\p{N}_.\\-]+)`,
  "(?<!\\d)((?:\\+33[ .]?|0)[1-9](?:[ .\\-\\u00a0]?\\d{2}){4})(?!\\d)",
].map((pattern) => new RegExp(pattern, "gu"));
const WORD = new RegExp(`${START}${CAPITAL}`, "gu");
const plain = (word) => word.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");

/** What seems to name or reach someone, in the order of the text; `firstNames` are without accents. */
export function namesIn(text, firstNames = new Set()) {
  const found = PATTERNS.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => [text.indexOf(match[1], match.index), match[1]]));
  const known = found.map(([, name]) => name).join(" ");
  for (const match of text.matchAll(WORD)) {
    const first = plain(match[0].split("-")[0]);
    if (firstNames.has(first) && !known.includes(match[0])) found.push([match.index, match[0]]);
  }
  return [...new Set(found.sort((one, other) => one[0] - other[0]).map(([, name]) => name))];
}
