namespace EmotionMLNet.MLNetZip;

/// <summary>An ONNX graph ends in features where a classifier is wanted: it is no model before a head is trained on it.</summary>
internal sealed class HeadlessGraphException(string message) : EmotionMLNetException(message);
