// Fetches parts of the program, each a WebAssembly module of its own that works in the memory of the main one.
//
// scripts/finish-page.mjs puts this into the page and into its worker, with the names of the files of each part.
// `self.laminaMain` is a promise of the main module's exports.
{
  const files = "the names of the files";
  const base = self.document ? document.currentScript.src : self.location.href;
  // A module that begins twice would set what it keeps in memory back to its first values.
  const begun = new Map();

  async function begin(file) {
    const answer = await fetch(new URL(file, base));
    if (!answer.ok) throw new Error(`${file} is not there: the server answers ${answer.status}`);
    const [module, main] = await Promise.all([answer.arrayBuffer().then((bytes) => WebAssembly.compile(bytes)), self.laminaMain]);
    await WebAssembly.instantiate(module, { __wasm_split: main });
  }

  function once(file) {
    if (!begun.has(file)) {
      const beginning = begin(file);
      begun.set(file, beginning);
      // What failed is tried anew when it is wanted again.
      beginning.catch(() => begun.delete(file));
    }
    return begun.get(file);
  }

  self.laminaPart = (name) => Promise.all(files[name].map(once));
}
