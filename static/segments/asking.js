// Asking the server, one question at a time: a newer one calls off the older.
export const asker = (address, token) => {
  let running;
  const ask = async (told) => {
    running?.abort();
    const mine = running = new AbortController();
    const answer = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify(told),
      signal: mine.signal,
    });
    if (!answer.ok) throw new Error(`${answer.status}`);
    const found = await answer.json();
    return mine.signal.aborted ? null : found;
  };
  return Object.assign(ask, { callOff: () => running?.abort() });
};

export const isCalledOff = (error) => error.name === "AbortError";

export const debounced = (call, delay) => {
  let waiting;
  return () => {
    clearTimeout(waiting);
    waiting = setTimeout(call, delay);
  };
};
