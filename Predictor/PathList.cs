using System.Text;

namespace EmotionMLNet.Predictor;

/// <summary>
/// Paths from a stream as they come, never all at once: a path a line, or with a NUL behind each, as find -print0 writes them.
/// </summary>
internal static class PathList
{
    // No system takes longer paths; a stream without separators must not fill the memory.
    private const int MostBytes = 1 << 16;

    /// <param name="input">UTF-8.</param>
    /// <param name="isNulSeparated">Else each line is a path; a carriage return before the line feed belongs to the separator.</param>
    /// <param name="cancellation">Ends the wait for a stream that says nothing.</param>
    public static IEnumerable<string> Read(Stream input, bool isNulSeparated, CancellationToken cancellation)
    {
        byte separator = isNulSeparated ? (byte)0 : (byte)'\n';
        byte[] chunk = new byte[1 << 13];
        var path = new List<byte>();
        bool isFirst = true;
        while (true)
        {
            // Nothing can interrupt a thread that waits for a pipe, so another one waits.
            int count = Task.Run(() => input.Read(chunk), CancellationToken.None).WaitAsync(cancellation).GetAwaiter().GetResult();
            for (int i = 0; i < count; i++)
            {
                if (chunk[i] != separator)
                {
                    if (path.Count < MostBytes) path.Add(chunk[i]);
                    continue;
                }
                if (Text(path, isNulSeparated, ref isFirst) is { Length: > 0 } text) yield return text;
                path.Clear();
            }
            if (count > 0) continue;
            if (Text(path, isNulSeparated, ref isFirst) is { Length: > 0 } last) yield return last;
            yield break;
        }
    }

    private static string Text(List<byte> path, bool isNulSeparated, ref bool isFirst)
    {
        string text = Encoding.UTF8.GetString([.. path]);
        if (isFirst) text = text.TrimStart('\uFEFF');
        isFirst = false;
        return isNulSeparated || !text.EndsWith('\r') ? text : text[..^1];
    }
}
