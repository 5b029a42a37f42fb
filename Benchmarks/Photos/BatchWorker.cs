using System.Globalization;
using System.Runtime.InteropServices;
using EmotionMLNet.Training.Metrics;
using Microsoft.ML.OnnxRuntime;

namespace EmotionMLNet.Benchmarks.Photos;

/// <summary>
/// ONNX Runtime behind a pipe, on one thread: <c>classify-batches MODEL CHANNELS HEIGHT WIDTH</c>. Writes 4 bytes when the model is
/// loaded. In: a count N (int32), then N x C x H x W floats. Out: N winning classes, int32 each.
/// </summary>
internal static class BatchWorker
{
    public const string Verb = "classify-batches";

    public static int Run(string[] args)
    {
        long[] picture = [.. args[1..].Select(a => long.Parse(a, CultureInfo.InvariantCulture))];
        long length = picture[0] * picture[1] * picture[2];
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        using var session = new InferenceSession(args[0], options);
        using var run = new RunOptions();
        using Stream input = Console.OpenStandardInput(), output = Console.OpenStandardOutput();
        output.Write(new byte[sizeof(int)]);
        output.Flush();
        var count = new int[1];
        while (Fill(input, MemoryMarshal.AsBytes(count.AsSpan())))
        {
            var pictures = new float[count[0] * length];
            if (!Fill(input, MemoryMarshal.AsBytes(pictures.AsSpan()))) return 1;
            using OrtValue value = OrtValue.CreateTensorValueFromMemory(pictures, [count[0], .. picture]);
            using var outputs = session.Run(run, session.InputNames, [value], session.OutputNames);
            float[] scores = outputs[0].GetTensorDataAsSpan<float>().ToArray();
            int[] labels = [.. scores.Chunk(scores.Length / count[0]).Select(s => ClassificationReport.ArgMax(s))];
            output.Write(MemoryMarshal.AsBytes(labels.AsSpan()));
            output.Flush();
        }
        return 0;
    }

    private static bool Fill(Stream input, Span<byte> buffer) =>
        input.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) == buffer.Length;
}
