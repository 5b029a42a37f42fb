using Microsoft.ML.OnnxRuntime;

namespace EmotionMLNet.Benchmarks.Agreement;

/// <summary>ONNX Runtime over pictures, with one of the fronts that are exported.</summary>
internal sealed class OnnxRuntimeFront : IDisposable
{
    private readonly InferenceSession session;
    private readonly RunOptions run = new();

    public OnnxRuntimeFront(string model) => session = new InferenceSession(model);

    /// <summary>One array of scores a picture, in order.</summary>
    public List<float[]> Scores { get; } = [];

    /// <param name="input">Of one picture, float or byte.</param>
    /// <param name="dimensions">Of the input.</param>
    public void Add<T>(T[] input, params long[] dimensions)
        where T : unmanaged
    {
        using OrtValue value = OrtValue.CreateTensorValueFromMemory(input, dimensions);
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, session.InputNames, [value], session.OutputNames);
        Scores.Add(outputs[0].GetTensorDataAsSpan<float>().ToArray());
    }

    public void Dispose()
    {
        run.Dispose();
        session.Dispose();
    }
}
