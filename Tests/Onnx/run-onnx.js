// Runs an ONNX file on ONNX Runtime: run-onnx.js NODE_MODULES MODEL INPUT N,C,H,W [float32 | uint8]  prints the scores as JSON.
const ort = require(require.resolve('onnxruntime-node', { paths: [process.argv[2]] }));
const fs = require('fs');
(async () => {
  const bytes = fs.readFileSync(process.argv[4]);
  const type = process.argv[6] || 'float32';
  const data = type === 'uint8' ? bytes : new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const session = await ort.InferenceSession.create(process.argv[3]);
  const result = await session.run({ [session.inputNames[0]]: new ort.Tensor(type, data, process.argv[5].split(',').map(Number)) });
  console.log(JSON.stringify(Array.from(result[session.outputNames[0]].data)));
})();
