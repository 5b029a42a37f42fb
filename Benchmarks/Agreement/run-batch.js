// Runs an ONNX file over several inputs: run-batch.js NODE_MODULES MODEL JOBS.json  prints the scores, one JSON array a line.
// JOBS.json: [{ "file": "0.bin", "type": "uint8" | "float32", "dimensions": [..] }, ...], files beside it.
const ort = require(require.resolve('onnxruntime-node', { paths: [process.argv[2]] }));
const fs = require('fs');
const path = require('path');
(async () => {
  const session = await ort.InferenceSession.create(process.argv[3]);
  for (const job of JSON.parse(fs.readFileSync(process.argv[4]))) {
    const bytes = fs.readFileSync(path.join(path.dirname(process.argv[4]), job.file));
    const data = job.type === 'uint8' ? bytes : new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    const result = await session.run({ [session.inputNames[0]]: new ort.Tensor(job.type, data, job.dimensions) });
    console.log(JSON.stringify(Array.from(result[session.outputNames[0]].data)));
  }
})();
