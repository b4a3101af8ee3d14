// Text chunks of PNG files (PNG specification, third edition, 11.3.3).

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const LATIN1 = new TextDecoder("latin1");
const UTF8 = new TextDecoder();

export const isPng = (file: Uint8Array) => SIGNATURE.every((byte, i) => file[i] === byte);

/** The text of an uncompressed iTXt chunk; null if there is none of that keyword. */
export function internationalText(file: Uint8Array, keyword: string): string | null {
  if (!isPng(file)) {
    return null;
  }
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let at = SIGNATURE.length;
  while (at + 12 <= file.length) {
    const length = view.getUint32(at);
    const type = LATIN1.decode(file.subarray(at + 4, at + 8));
    const end = at + 8 + length;
    if (end + 4 > file.length) {
      return null;
    }
    if (type === "iTXt") {
      const text = ofChunk(file.subarray(at + 8, end), keyword);
      if (text !== null) {
        return text;
      }
    }
    at = end + 4;
  }
  return null;
}

/** Keyword, 0, compression flag, compression method, language, 0, translated keyword, 0, text. */
function ofChunk(data: Uint8Array, keyword: string): string | null {
  const afterKeyword = data.indexOf(0);
  if (LATIN1.decode(data.subarray(0, afterKeyword)) !== keyword || data[afterKeyword + 1] !== 0) {
    return null;
  }
  const afterLanguage = data.indexOf(0, afterKeyword + 3);
  const afterTranslation = data.indexOf(0, afterLanguage + 1);
  return UTF8.decode(data.subarray(afterTranslation + 1));
}
