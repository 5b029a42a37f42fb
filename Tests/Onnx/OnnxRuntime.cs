using Microsoft.ML.OnnxRuntime;

namespace EmotionMLNet.Tests.Onnx;

/// <summary>ONNX Runtime: the independent judge of our files.</summary>
internal static class OnnxRuntime
{
    /// <param name="model">An ONNX file's bytes.</param>
    /// <param name="input">Of the only input, float or byte.</param>
    /// <param name="dimensions">Of the input.</param>
    /// <returns>The first output.</returns>
    public static float[] Run<T>(byte[] model, T[] input, params int[] dimensions)
        where T : unmanaged => RunAll(model, input, dimensions)[0];

    /// <inheritdoc cref="Run{T}"/>
    /// <returns>All outputs.</returns>
    public static float[][] RunAll<T>(byte[] model, T[] input, params int[] dimensions)
        where T : unmanaged
    {
        // One thread: other tests have the rest of the machine. Warnings would be of optimisations that it leaves out.
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        using var session = new InferenceSession(model, options);
        using var run = new RunOptions();
        using OrtValue value = OrtValue.CreateTensorValueFromMemory(input, [.. dimensions.Select(d => (long)d)]);
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, session.InputNames, [value], session.OutputNames);
        return [.. outputs.Select(o => o.GetTensorDataAsSpan<float>().ToArray())];
    }
}
