// Runs an ONNX file on ONNX Runtime: run-onnx.js NODE_MODULES MODEL INPUT.f32 N,C,H,W  prints the scores as JSON.
const ort = require(require.resolve('onnxruntime-node', { paths: [process.argv[2]] }));
const fs = require('fs');
(async () => {
  const bytes = fs.readFileSync(process.argv[4]);
  const data = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const session = await ort.InferenceSession.create(process.argv[3]);
  const result = await session.run({ input: new ort.Tensor('float32', data, process.argv[5].split(',').map(Number)) });
  console.log(JSON.stringify(Array.from(result.Score.data)));
})();
