// Why the server did not answer, as a sentence to show.

/** The error in an answer, with the sentence the server wrote. */
export async function refusal(response) {
  const plain = response.headers.get("Content-Type")?.startsWith("text/plain");
  const text = plain ? (await response.text()).trim().slice(0, 300) : "";
  const error = new Error(sentence(text || `the server answered ${response.status}`));
  error.status = response.status;
  return error;
}

/** Server messages are lower case without a full stop. */
function sentence(text) {
  const ended = /[.!?]$/.test(text) ? text : `${text}.`;
  return ended.charAt(0).toUpperCase() + ended.slice(1);
}
