namespace EmotionMLNet.Training.Options;

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
    private static readonly string[] Insides = ["DATASET", "SET", "DATA", "IMAGES", "IMGS", "FACES", "SPLIT", "FOLDER"];

    /// <summary>
    /// The split of that name in any case: FER2013's PublicTest is for validation, its PrivateTest is the test; null for other names.
    /// </summary>
    /// <remarks>So are "train_set", "Test-Images" and "01 validation": numbers, marks and a word for what is inside do not count.</remarks>
    public static Split? Parse(string name) => Word(name) switch
    {
        "TRAIN" or "TRAINING" => Split.Train,
        "VAL" or "VALID" or "VALIDATION" or "VALIDATE" or "DEV" or "PUBLICTEST" => Split.Validation,
        "TEST" or "TESTING" or "PRIVATETEST" => Split.Test,
        _ => null,
    };

    private static string Word(string name)
    {
        string word = string.Concat(name.Where(char.IsLetter)).ToUpperInvariant();
        string? inside = Insides.FirstOrDefault(i => word.EndsWith(i, StringComparison.Ordinal));
        return inside is null ? word : word[..^inside.Length];
    }

    /// <summary>"train", "validation" or "test".</summary>
    public static string Of(Split split) => split switch
    {
        Split.Train => "train",
        Split.Validation => "validation",
        _ => "test",
    };
}
