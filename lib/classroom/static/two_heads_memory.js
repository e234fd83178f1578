// What Find the two heads keeps while its page is open: what the network said, and attempts that were begun anew.

/** What the network makes of a text with cuts is kept for the last few of them. */
export function twoHeadsMemory(network) {
  const kept = new Map();
  return (tokens, mask) => {
    const key = `${tokens}|${mask}`;
    if (!kept.has(key)) {
      if (kept.size > 40) kept.delete(kept.keys().next().value);
      kept.set(key, network(tokens, mask));
    }
    return kept.get(key);
  };
}

/** Attempts of each round that ended, since the page was opened: a new beginning forgets no try and no hint.
 *  { earlier(round): { attempts, tries, hints }, end(state): the attempt is over } */
export function twoTallies() {
  const ended = new Map(),
    earlier = (round) => ended.get(round) ?? { attempts: 0, tries: 0, hints: 0 };
  function end({ round, path, hints }) {
    if (!path.length && !hints) return;
    const so = earlier(round);
    ended.set(round, { attempts: so.attempts + 1, tries: so.tries + path.length, hints: so.hints + hints });
  }
  return { earlier, end };
}
