/** Texts as they are written in YAML: plain where nothing else could be meant, else in double quotes, which it reads as JSON does. */

export function scalar(text: string): string {
  const isPlain =
    /^[A-Za-z_./][\w./-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n|\.nan|\.inf)$/i.test(text);
  return isPlain && !/^\.+$/.test(text) && !/^\.\d/.test(text) ? text : JSON.stringify(text);
}

/** A star has a meaning to YAML at the beginning alone. */
export function patternText(pattern: string): string {
  const plain = pattern.replaceAll(/(?<=.)[*?]/g, '_');
  return scalar(plain) === plain ? pattern : JSON.stringify(pattern);
}
