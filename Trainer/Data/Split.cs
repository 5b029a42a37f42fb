namespace EmotionMLNet.Trainer.Data;

/// <summary>The part of a data set that an image belongs to.</summary>
internal enum Split
{
    Train,
    Validation,
    Test,
}

/// <summary>What folders, CSV columns and users call a split.</summary>
internal static class SplitNames
{
    /// <summary>The split of that name in any case: FER2013's PublicTest is for validation, its PrivateTest is the test; null for other names.</summary>
    public static Split? Parse(string name) => name.Trim().ToUpperInvariant() switch
    {
        "TRAIN" or "TRAINING" => Split.Train,
        "VAL" or "VALID" or "VALIDATION" or "PUBLICTEST" => Split.Validation,
        "TEST" or "TESTING" or "PRIVATETEST" => Split.Test,
        _ => null,
    };

    /// <summary>"train", "validation" or "test".</summary>
    public static string Of(Split split) => split switch
    {
        Split.Train => "train",
        Split.Validation => "validation",
        _ => "test",
    };
}
