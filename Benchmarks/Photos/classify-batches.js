// ONNX Runtime behind a pipe: classify-batches.js NODE_MODULES MODEL CHANNELS HEIGHT WIDTH
// Writes 4 bytes when the model is loaded. In: a count N (int32), then N x C x H x W floats. Out: N winning classes, int32 each.
const ort = require(require.resolve('onnxruntime-node', { paths: [process.argv[2]] }));
const [channels, height, width] = process.argv.slice(4).map(Number);
const length = channels * height * width;
(async () => {
  const session = await ort.InferenceSession.create(process.argv[3], { intraOpNumThreads: 1, interOpNumThreads: 1 });
  process.stdout.write(Buffer.alloc(4));
  let batch = null, filled = 0, head = Buffer.alloc(0);
  for await (let chunk of process.stdin) {
    while (chunk.length > 0) {
      if (batch === null) {
        const taken = Math.min(4 - head.length, chunk.length);
        head = Buffer.concat([head, chunk.subarray(0, taken)]);
        chunk = chunk.subarray(taken);
        if (head.length < 4) continue;
        batch = Buffer.allocUnsafeSlow(4 * length * head.readInt32LE(0));
        [filled, head] = [0, Buffer.alloc(0)];
      }
      const copied = chunk.copy(batch, filled);
      filled += copied;
      chunk = chunk.subarray(copied);
      if (filled < batch.length) continue;
      const count = batch.length / (4 * length);
      const input = new ort.Tensor('float32', new Float32Array(batch.buffer, batch.byteOffset, batch.length / 4), [count, channels, height, width]);
      const scores = (await session.run({ [session.inputNames[0]]: input }))[session.outputNames[0]].data;
      const labels = new Int32Array(count), classes = scores.length / count;
      for (let n = 0; n < count; n++) {
        for (let c = 1; c < classes; c++) if (scores[n * classes + c] > scores[n * classes + labels[n]]) labels[n] = c;
      }
      process.stdout.write(Buffer.from(labels.buffer));
      batch = null;
    }
  }
})();
