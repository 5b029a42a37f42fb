namespace EmotionMLNet.MLNetZip;

/// <summary>A file that is not a model zip of ours, or a damaged one; the message is one line that says what and what to do.</summary>
public sealed class ModelFormatException(string message, Exception? inner = null) : EmotionMLNetException(message, inner);
