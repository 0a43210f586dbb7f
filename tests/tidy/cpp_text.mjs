// Reads C++ text well enough to judge its form: without comments and literals, by includes, by
// functions, by statements. Not a parser: it relies on the tree being formatted.

// The text with comments (and, if asked, the inside of literals) blanked; line breaks stay.
export function withoutComments(text, { literalsToo = true } = {}) {
  const blank = (part) => part.replace(/[^\n]/g, ' ');
  const token = new RegExp([
    String.raw`\/\/[^\n]*`,
    String.raw`\/\*[\s\S]*?\*\/`,
    String.raw`R"([^()\\ \n]{0,16})\([\s\S]*?\)\1"`,
    String.raw`"(?:\\.|[^"\\\n])*"`,
    String.raw`(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'`,
  ].join('|'), 'g');
  return text.replace(token, (part) => {
    if (part.startsWith('//') || part.startsWith('/*')) return blank(part);
    if (!literalsToo) return part;
    return part[0] + blank(part.slice(1, -1)) + part.at(-1);
  });
}

// Lines of #include: [{ line, name, system }].
export function includesOf(text) {
  const found = [];
  text.split('\n').forEach((content, at) => {
    const match = /^\s*#\s*include\s+(["<])([^">]+)[">]/.exec(content);
    if (match) found.push({ line: at + 1, name: match[2], system: match[1] === '<' });
  });
  return found;
}

function lineCounter(text) {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}

// Template arguments may hold parentheses: class f<R(Args...)> is no function.
function withoutAngles(head) {
  const shorter = head.replace(/<[^<>;{}]*>/g, ' ');
  return shorter === head ? head : withoutAngles(shorter);
}

const container = /\b(namespace|class|struct|union|enum|extern)\b[^()=]*$|^\s*(namespace|extern)\b/;

// Functions defined at namespace or class level: [{ line, lines, head }].
export function functionsOf(text) {
  const code = withoutComments(text)
    .replace(/^[ \t]*#(?:[^\n\\]|\\[\s\S])*/gm, (part) => part.replace(/[^\n]/g, ' '));
  const lineOf = lineCounter(code);
  const found = [];
  const open = [];
  let headFrom = 0;
  for (let at = 0; at < code.length; ++at) {
    const letter = code[at];
    if (letter === '{') {
      const head = code.slice(headFrom, at);
      const inContainer = open.every((one) => one.kind === 'container');
      let kind = 'other';
      if (inContainer && container.test(withoutAngles(head))) kind = 'container';
      else if (inContainer && /\)/.test(head) && !/=\s*(\w[\w:<>]*\s*)?$/.test(head)) {
        kind = 'function';
      }
      const from = headFrom + head.length - head.trimStart().length;
      open.push({ kind, from, head: head.trim().replace(/\s+/g, ' ').slice(0, 80) });
      headFrom = at + 1;
    } else if (letter === '}') {
      const closed = open.pop();
      if (closed?.kind === 'function') {
        const line = lineOf(closed.from);
        found.push({ line, lines: lineOf(at) - line + 1, head: closed.head });
      }
      headFrom = at + 1;
    } else if (letter === ';') {
      headFrom = at + 1;
    }
  }
  return found;
}

// Statements with co_await: [{ line, text }], the text from co_await on.
export function awaitsOf(text) {
  const code = withoutComments(text);
  const lineOf = lineCounter(code);
  const found = [];
  for (const match of code.matchAll(/\bco_await\b/g)) {
    let depth = 0;
    let at = match.index;
    for (; at < code.length; ++at) {
      if ('([{'.includes(code[at])) ++depth;
      if (')]}'.includes(code[at]) && --depth < 0) break;
      if (code[at] === ';' && depth <= 0) break;
    }
    found.push({ line: lineOf(match.index), text: code.slice(match.index, at) });
  }
  return found;
}
