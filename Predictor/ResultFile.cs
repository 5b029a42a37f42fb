using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EmotionMLNet.Files;
using EmotionMLNet.Terminal;

namespace EmotionMLNet.Predictor;

/// <summary>
/// The output file under way: FILE.partial begins with a line that says which model and settings it belongs to, then a line a file,
/// with all its rows in it. When all is done it becomes FILE. A run that was killed leaves the partial file; the same command again
/// drops a torn last line, skips the files that are in it, and goes on. FILE.lock keeps a second process away meanwhile.
/// </summary>
internal sealed class ResultFile : IRowWriter
{
    private const string Mark = "# ";

    // A byte a character: positions in the text are positions in the file, and rows are copied as they are, whatever bytes they hold.
    private static readonly Encoding Bytes = Encoding.Latin1;

    private readonly string path, partial;
    private readonly RowFormat format;
    private readonly IDisposable guard;
    private readonly FileStream stream;
    private readonly HashSet<string> done = [];

    private ResultFile(string path, RowFormat format, IDisposable guard, FileStream stream)
    {
        this.path = path;
        partial = Partial(path);
        this.format = format;
        this.guard = guard;
        this.stream = stream;
    }

    /// <summary>Rows written by earlier runs.</summary>
    public int Done => done.Count;

    /// <summary>Starts or continues a file.</summary>
    /// <param name="path">The finished file's name.</param>
    /// <param name="key">Everything that rows depend on.</param>
    /// <param name="format">How rows are written.</param>
    /// <param name="replaces">What is in the way may go: a finished file, and what is left of a run with another key.</param>
    /// <param name="counts">Is told of the rows that are there already.</param>
    /// <exception cref="FileLockedException">Another process writes the same file.</exception>
    /// <exception cref="UserException">Something is in the way.</exception>
    public static ResultFile Open(string path, string key, RowFormat format, bool replaces, LabelCounts counts)
    {
        if (Directory.Exists(path)) throw new UserException($"--out {path} is a folder: name a file");
        IDisposable guard = OutputFile.Lock(path);
        FileStream? stream = null;
        try
        {
            // Pictures and models may have changed since, so even the same command may not stand for the same rows.
            if (File.Exists(path) && !replaces)
                throw new UserException($"{path} already exists: --force replaces it, another --out keeps it");
            if (new FileInfo(Partial(path)).LinkTarget is not null)
                throw new UserException($"{Partial(path)} is a link and is not followed: remove it, or name another --out");
            stream = new FileStream(Partial(path), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
            var file = new ResultFile(path, format, guard, stream);
            string first = Mark + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
            if (!file.Continue(first, counts)) file.Begin(first, replaces);
            return file;
        }
        catch
        {
            stream?.Dispose();
            guard.Dispose();
            throw;
        }
    }

    /// <summary>Whether an earlier run has written the row of a file.</summary>
    public bool Has(string file) => done.Contains(file);

    /// <inheritdoc/>
    public void Add(IReadOnlyList<Row> rows)
    {
        // The path and the classes stand in front once more, so that a rerun need not understand the format. The rows of a file are one
        // line and one write: a kill in between leaves all of them or a torn line.
        string classes = string.Join(',', rows.Select(r => r.Class.ToString(CultureInfo.InvariantCulture)));
        string front = $"{classes}\t{Convert.ToBase64String(Encoding.UTF8.GetBytes(rows[0].Path))}\t";
        stream.Write(Encoding.UTF8.GetBytes($"{front}{Escape(format.Lines(rows)[..^1])}\n"));
        stream.Flush();
    }

    /// <summary>Writes the finished file and removes the partial one.</summary>
    public void Complete()
    {
        OutputFile.Write(path, output =>
        {
            output.Write(Encoding.UTF8.GetBytes(format.Header));
            using (var writer = new StreamWriter(output, Bytes, leaveOpen: true) { NewLine = "\n" })
            {
                bool isFirst = true;
                foreach (string line in Lines())
                {
                    if (!isFirst) writer.Write(format.Between);
                    writer.WriteLine(Unescape(line[(line.LastIndexOf('\t') + 1)..]));
                    isFirst = false;
                }
            }
            output.Write(Encoding.UTF8.GetBytes(format.Footer));
        });
        stream.Dispose();
        File.Delete(partial);
    }

    public void Dispose()
    {
        stream.Dispose();
        guard.Dispose();
    }

    private static string Partial(string path) => path + ".partial";

    private IEnumerable<string> Lines()
    {
        stream.Position = 0;
        using var reader = new StreamReader(stream, Bytes, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        reader.ReadLine();
        while (reader.ReadLine() is { } line) yield return line;
    }

    // Reads what an earlier run left; false if it is nothing or of another run.
    private bool Continue(string first, LabelCounts counts)
    {
        using var reader = new StreamReader(stream, Bytes, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        if (reader.ReadLine() != first || stream.Length <= first.Length) return false;
        long end = first.Length + 1;
        while (reader.ReadLine() is { } line)
        {
            long next = end + line.Length + 1;
            if (next > stream.Length || !Take(line, counts)) break; // the torn last line of a killed run
            end = next;
        }
        stream.SetLength(end);
        stream.Position = end;
        return true;
    }

    private bool Take(string line, LabelCounts counts)
    {
        string[] parts = line.Split('\t', 3);
        byte[] name = new byte[line.Length];
        if (parts.Length < 3 || Classes(parts[0]) is not { } classes) return false;
        if (!Convert.TryFromBase64String(parts[1], name, out int length) || !counts.Add(classes)) return false;
        done.Add(Encoding.UTF8.GetString(name, 0, length));
        return true;
    }

    // Null for what is no list of numbers.
    private static int[]? Classes(string text)
    {
        string[] parts = text.Split(',');
        var classes = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
            if (!int.TryParse(parts[i], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out classes[i])) return null;
        return classes;
    }

    private void Begin(string first, bool replaces)
    {
        if (stream.Length > first.Length + 1 && !replaces)
            throw new UserException(
                $"{partial} holds rows of a run with another model, other settings or other paths: repeat that command to finish "
                    + "it, or --force drops them"
            );
        stream.SetLength(0);
        stream.Write(Bytes.GetBytes(first + "\n"));
        stream.Flush();
    }

    // A row is a line here whatever it holds: quoted paths may have line breaks, and a tab would end its front.
    private static string Escape(string row) =>
        row.Replace("\\", @"\\", StringComparison.Ordinal)
            .Replace("\n", @"\n", StringComparison.Ordinal)
            .Replace("\r", @"\r", StringComparison.Ordinal)
            .Replace("\t", @"\t", StringComparison.Ordinal);

    private static string Unescape(string line)
    {
        if (!line.Contains('\\', StringComparison.Ordinal)) return line;
        var row = new StringBuilder(line.Length);
        for (int i = 0; i < line.Length; i++)
            row.Append(
                line[i] != '\\' || ++i == line.Length
                    ? line[i]
                    : line[i] switch
                    {
                        'n' => '\n',
                        'r' => '\r',
                        't' => '\t',
                        var c => c,
                    }
            );
        return row.ToString();
    }
}
