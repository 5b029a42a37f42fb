using System.Security.Cryptography;
using System.Text;

namespace EmotionMLNet.Predictor;

/// <summary>
/// The output file under way: FILE.partial begins with a line that says which model and settings it belongs to, then a line a file. When all
/// is done it becomes FILE. A run that was killed leaves the partial file; the same command again drops a torn last line, skips the files
/// that are in it, and goes on.
/// </summary>
internal sealed class ResultFile : IDisposable
{
    private readonly string path, partial;
    private readonly RowFormat format;
    private readonly FileStream stream;
    private readonly HashSet<string> done = [];

    private ResultFile(string path, RowFormat format, FileStream stream)
        => (this.path, partial, this.format, this.stream) = (path, path + ".partial", format, stream);

    /// <summary>Rows written by earlier runs.</summary>
    public int Done => done.Count;

    /// <summary>Earlier rows without a label.</summary>
    public int Failed { get; private set; }

    /// <summary>Starts or continues a file.</summary>
    /// <param name="path">The finished file's name.</param>
    /// <param name="key">Everything that rows depend on; another key starts anew.</param>
    /// <param name="format">How rows are written.</param>
    public static ResultFile Open(string path, string key, RowFormat format)
    {
        string first = "# " + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var file = new ResultFile(path, format, new FileStream(path + ".partial", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read));
        if (!file.Continue(first))
        {
            file.stream.SetLength(0);
            file.stream.Write(Encoding.UTF8.GetBytes(first + "\n"));
        }
        return file;
    }

    public bool Has(string file) => done.Contains(file);

    /// <param name="row">Its line is on disk when this returns, as far as the operating system goes.</param>
    public void Add(Row row)
    {
        // The path stands in front once more, so that a rerun need not understand the format; the status tells failures.
        string line = $"{(row.Error is null ? '+' : '-')}{Convert.ToBase64String(Encoding.UTF8.GetBytes(row.Path))}\t{format.Line(row)}";
        stream.Write(Encoding.UTF8.GetBytes(line));
        stream.Flush();
    }

    /// <summary>Writes the finished file and removes the partial one.</summary>
    public void Complete()
    {
        stream.Position = 0;
        Files.AtomicFile.Write(path, output =>
        {
            using var writer = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
            writer.Write(format.Header);
            bool first = true;
            foreach (string line in Lines())
            {
                if (!first && format.Between.Length > 0) writer.Write(format.Between);
                writer.Write(line[(line.IndexOf('\t', StringComparison.Ordinal) + 1)..]);
                writer.Write('\n');
                first = false;
            }
            writer.Write(format.Footer);
        });
        stream.Dispose();
        File.Delete(partial);
    }

    public void Dispose() => stream.Dispose();

    private IEnumerable<string> Lines()
    {
        stream.Position = 0;
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        reader.ReadLine();
        while (reader.ReadLine() is { } line) yield return line;
    }

    // Reads what an earlier run left; false if it is nothing or of another run.
    private bool Continue(string first)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        if (reader.ReadLine() != first) return false;
        long end = Encoding.UTF8.GetByteCount(first) + 1;
        while (reader.ReadLine() is { } line)
        {
            long next = end + Encoding.UTF8.GetByteCount(line) + 1;
            int tab = line.IndexOf('\t', StringComparison.Ordinal);
            if (next > stream.Length || tab < 1) break; // the torn last line of a killed run
            done.Add(Encoding.UTF8.GetString(Convert.FromBase64String(line[1..tab])));
            if (line[0] == '-') Failed++;
            end = next;
        }
        stream.SetLength(end);
        stream.Position = end;
        return true;
    }
}
