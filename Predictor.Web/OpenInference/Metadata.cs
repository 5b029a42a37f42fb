using EmotionMLNet.Web.Models;

namespace EmotionMLNet.Web.OpenInference;

/// <summary>What a server of the protocol says of itself.</summary>
internal sealed class ServerMetadata
{
    public string Name { get; } = "emotionmlnet";

    public string Version { get; } = typeof(EmotionClassifier).Assembly.GetName().Version!.ToString(3);

    public IReadOnlyList<string> Extensions { get; } = ["binary_tensor_data"];
}

/// <summary>What it says of a model. A request gives one of the two inputs.</summary>
internal sealed class ModelMetadata(ServedModel model)
{
    public string Name { get; } = model.Name;

    public IReadOnlyList<string> Versions { get; } = ["1"];

    public string Platform { get; } = "emotionmlnet";

    public IReadOnlyList<TensorMetadata> Inputs { get; } =
        [new(InferRequest.Encoded, "BYTES", [-1]), new(InferRequest.Pixels, "UINT8", [-1, -1, -1, -1])];

    public IReadOnlyList<TensorMetadata> Outputs { get; } =
        [new(InferResponse.Probabilities, "FP32", [-1, model.Manifest.Labels.Count]), new(InferResponse.Label, "BYTES", [-1])];
}

/// <summary>A tensor: -1 is any number.</summary>
internal sealed record TensorMetadata(string Name, string Datatype, IReadOnlyList<int> Shape);
