using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using EmotionMLNet.Terminal;

namespace EmotionMLNet.Predictor;

/// <summary>
/// The gallery under way: FILE.partial begins with a line that says which model and settings it belongs to, then a line a card. When all
/// is done, they are copied in their order to FILE; so neither thumbnails nor texts are in memory, whatever their number. With an output
/// file of rows, an interrupted run continues both.
/// </summary>
internal sealed class GalleryFile : IDisposable
{
    private const string Mark = "# ";

    // A byte a character: positions in the text are positions in the file.
    private static readonly Encoding Bytes = Encoding.Latin1;

    private readonly string path, partial;
    private readonly IDisposable guard;
    private readonly FileStream stream;
    private readonly bool isKept;
    private readonly List<Entry> entries = [];
    private readonly Dictionary<string, string> classes = [];
    private bool isComplete;

    private GalleryFile(string path, IDisposable guard, FileStream stream, bool isKept)
    {
        this.path = path;
        partial = Partial(path);
        this.guard = guard;
        this.stream = stream;
        this.isKept = isKept;
    }

    /// <summary>Cards so far.</summary>
    public int Count => entries.Count;

    /// <summary>Starts or continues a gallery.</summary>
    /// <param name="path">The finished file's name.</param>
    /// <param name="key">Everything that cards depend on.</param>
    /// <param name="replaces">What is in the way may go: a finished file, and what is left of a run with another key.</param>
    /// <param name="rows">The file of rows that the same run writes; null if rows go elsewhere, and then nothing can be continued.</param>
    /// <exception cref="UserException">Something is in the way, or cards of an earlier run are missing.</exception>
    public static GalleryFile Open(string path, string key, bool replaces, ResultFile? rows)
    {
        if (Directory.Exists(path)) throw new UserException($"--html {path} is a folder: name a file");
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
        IDisposable guard = OutputFile.Lock(path);
        FileStream? stream = null;
        try
        {
            if (File.Exists(path) && !replaces)
                throw new UserException($"{path} already exists: --force replaces it, another --html keeps it");
            if (SafeFolder.IsLink(Partial(path)))
                throw new UserException($"{Partial(path)} is a link and is not followed: remove it, or name another --html");
            stream = new FileStream(Partial(path), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
            var file = new GalleryFile(path, guard, stream, isKept: rows is not null);
            string first = Mark + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
            file.Start(first, replaces, rows);
            return file;
        }
        catch
        {
            stream?.Dispose();
            guard.Dispose();
            throw;
        }
    }

    /// <summary>Adds a card; it is safe when this returns, as rows are.</summary>
    public void Add(GalleryCard card)
    {
        byte[] front = Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{Convert.ToBase64String(Encoding.UTF8.GetBytes(card.Path))}\t{card.Confidence:R}\t{card.Classes}\t"
        ));
        byte[] html = Encoding.UTF8.GetBytes(card.Html);
        Remember(card.Confidence, card.Classes, stream.Position + front.Length, html.Length);
        stream.Write([.. front, .. html, (byte)'\n']);
        stream.Flush();
    }

    /// <summary>Writes the finished page and removes the partial file.</summary>
    /// <param name="page">What stands around the cards.</param>
    public void Complete(GalleryPage page)
    {
        // The most confident first, those without a label last; equal ones as they came.
        entries.Sort((a, b) => a.Confidence != b.Confidence ? b.Confidence.CompareTo(a.Confidence) : a.Number.CompareTo(b.Number));
        Dictionary<string, int> counts = [];
        foreach (Entry entry in entries)
        foreach (string name in entry.Classes.Split(' ')) CollectionsMarshal.GetValueRefOrAddDefault(counts, name, out _)++;
        OutputFile.Write(path, output =>
        {
            output.Write(Encoding.UTF8.GetBytes(page.Head(entries.Count, counts)));
            byte[] buffer = new byte[entries.Select(e => e.Length).DefaultIfEmpty(0).Max()];
            foreach ((int i, Entry entry) in entries.Index())
            {
                output.Write(Encoding.UTF8.GetBytes(GalleryPage.CardHead(i + 1, entry.Classes)));
                stream.Position = entry.Offset;
                stream.ReadExactly(buffer, 0, entry.Length);
                output.Write(buffer, 0, entry.Length);
                output.Write("</li>\n"u8);
            }
            output.Write(Encoding.UTF8.GetBytes(GalleryPage.Foot));
        });
        isComplete = true;
    }

    public void Dispose()
    {
        stream.Dispose();
        if (isComplete || !isKept) File.Delete(partial);
        guard.Dispose();
    }

    private static string Partial(string path) => path + ".partial";

    private void Start(string first, bool replaces, ResultFile? rows)
    {
        using var reader = new StreamReader(stream, Bytes, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        bool isOurs = reader.ReadLine() == first && stream.Length > first.Length;
        if (isOurs && rows is { Done: > 0 }) Continue(reader, first.Length + 1, rows);
        else if (!isOurs && stream.Length > first.Length + 1 && !replaces)
            throw new UserException(
                $"{partial} holds cards of a run with another model, other settings or other paths: repeat that command to finish it, or "
                    + "--force drops them"
            );
        if (rows is not null && Count < rows.Done)
        {
            string missing = $"{partial}, with the cards of the files that are done, is gone or cut short";
            throw new UserException($"{missing}: remove the unfinished rows, or give another --out, to begin anew");
        }
        if (Count > 0) return;
        stream.SetLength(0);
        stream.Write(Bytes.GetBytes(first + "\n"));
        stream.Flush();
    }

    // Cards whose rows were not written before the end are made again with them.
    private void Continue(StreamReader reader, long at, ResultFile rows)
    {
        long end = at;
        while (reader.ReadLine() is { } line)
        {
            long next = at + line.Length + 1;
            string[] parts = line.Split('\t', 4);
            byte[] name = new byte[line.Length];
            if (next > stream.Length || parts.Length < 4 || !Convert.TryFromBase64String(parts[0], name, out int length)) break;
            if (!float.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out float confidence)) break;
            if (rows.Has(Encoding.UTF8.GetString(name, 0, length)))
                Remember(confidence, parts[2], next - 1 - parts[3].Length, parts[3].Length);
            end = at = next;
        }
        stream.SetLength(end);
        stream.Position = end;
    }

    private void Remember(float confidence, string names, long offset, int length)
    {
        ref string? known = ref CollectionsMarshal.GetValueRefOrAddDefault(classes, names, out _);
        entries.Add(new Entry(confidence, entries.Count, known ??= names, offset, length));
    }

    private readonly record struct Entry(float Confidence, int Number, string Classes, long Offset, int Length);
}
