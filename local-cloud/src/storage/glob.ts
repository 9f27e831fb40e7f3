/**
 * Names that match a pattern: `*` stands for anything within a folder, `**` for anything, `?` for a character,
 * `[a-z]` for one of a set, `{a,b}` for one of several.
 */
export function globPattern(glob: string): RegExp {
  const source = glob.replace(
    /\*\*\/?|\*|\?|\[(!?)([^\]]*)\]|\{([^}]*)\}|[^*?[{]+|./gs,
    (part, not: string | undefined, set: string | undefined, choices: string | undefined) => {
      if (part === '**/') return '(?:.*/)?';
      if (part === '**') return '.*';
      if (part === '*') return '[^/]*';
      if (part === '?') return '[^/]';
      if (set !== undefined) return `[${not ? '^' : ''}${set.replace(/[\\\]^]/g, '\\$&')}]`;
      if (choices !== undefined) {
        return `(?:${choices
          .split(',')
          .map(choice => globPattern(choice).source.slice(1, -1))
          .join('|')})`;
      }
      return part.replace(/[\\^$.|+()[\]{}]/g, '\\$&');
    },
  );
  return new RegExp(`^${source}$`, 's');
}
