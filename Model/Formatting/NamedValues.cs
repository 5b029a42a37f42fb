namespace EmotionMLNet.Formatting;

/// <summary>Lists of settings in one text, "flip,rotate=10,shift=0.1", in which a comma separates and never belongs to a number.</summary>
internal static class NamedValues
{
    /// <summary>The parts between commas, without blanks around them and without empty ones.</summary>
    public static string[] Split(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>
    /// What is wrong where a part is a number alone behind one that ends in a number, "crop=0,9": a decimal comma, which would be read as
    /// another value and a stray part. Null where there is none.
    /// </summary>
    public static string? FindDecimalComma(string text)
    {
        string[] parts = Split(text);
        for (int i = 1; i < parts.Length; i++)
        {
            string before = parts[i - 1];
            int at = before.LastIndexOf('=');
            bool endsInNumber =
                at >= 0
                && at < before.Length - 1
                && before.AsSpan(at + 1).TrimStart('-') is { Length: > 0 } digits
                && !digits.ContainsAnyExceptInRange('0', '9');
            if (endsInNumber && char.IsAsciiDigit(parts[i][0]) && Numbers.Read<double>(parts[i], out _) is null)
                return $"'{before},{parts[i]}' has a decimal comma: write {before}.{parts[i]}";
        }
        return null;
    }
}
