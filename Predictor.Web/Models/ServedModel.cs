using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using EmotionMLNet.Imaging;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Web.Classification;
using EmotionMLNet.Web.Hosting;

namespace EmotionMLNet.Web.Models;

/// <summary>A model as it was read from a file: whatever becomes of the file, this one stays what it is.</summary>
internal sealed class ServedModel
{
    private const string CardEntry = "EmotionMLNet/model-card.md";
    private const int LongestCard = 1 << 20;

    private readonly byte[] zip;
    private readonly ImageReaderOptions reader;
    private readonly FaceDetector? detector;
    private readonly EmotionClassifier own;
    private readonly ConcurrentDictionary<(FaceSearch Faces, bool Flips), Lazy<EmotionClassifier>> others = [];

    /// <param name="name">By which requests name it.</param>
    /// <param name="zip">The whole file.</param>
    /// <param name="sha256">Of the file, hexadecimal.</param>
    /// <param name="reader">Limits of pictures.</param>
    /// <param name="detector">Finds faces; null: there is none.</param>
    /// <param name="loadedAt">The time.</param>
    /// <exception cref="ModelFormatException">It is no model, or damaged.</exception>
    public ServedModel(string name, byte[] zip, string sha256, ImageReaderOptions reader, FaceDetector? detector, DateTimeOffset loadedAt)
    {
        Name = name;
        this.zip = zip;
        this.reader = reader;
        this.detector = detector;
        LoadedAt = loadedAt;
        Sha256 = sha256;
        own = Load(null, flips: false);
        Manifest = own.Manifest;
        LooksForFaces = own.Faces != FaceSearch.Off;
        Card = ReadCard(zip);
    }

    public string Name { get; }

    /// <summary>Of the file, hexadecimal.</summary>
    public string Sha256 { get; }

    public ModelManifest Manifest { get; }

    /// <summary>Whether pictures are cut to faces where a request does not say.</summary>
    public bool LooksForFaces { get; }

    /// <summary>The model card, Markdown; empty where the file has none.</summary>
    public string Card { get; }

    public int Bytes => zip.Length;

    public DateTimeOffset LoadedAt { get; }

    /// <summary>The model as a request wants it; made when it is first wanted so.</summary>
    public EmotionClassifier For(FaceSearch? faces, bool flips)
    {
        FaceSearch search = faces ?? own.Faces;
        return search == own.Faces && !flips
            ? own
            : others.GetOrAdd((search, flips), _ => new Lazy<EmotionClassifier>(() => Load(search, flips))).Value;
    }

    /// <summary>Refuses what this server cannot do.</summary>
    /// <exception cref="ProblemException">Faces are asked for, and there is no detector.</exception>
    public void Check(ClassifyQuery query)
    {
        if (query.Faces is FaceSearch.Largest or FaceSearch.All && detector is null)
            throw new ProblemException(400, "This server cannot look for faces.", "Give faces=off; it has no face detector.");
    }

    private EmotionClassifier Load(FaceSearch? faces, bool flips) => EmotionClassifier.Load(
        zip,
        new EmotionClassifierOptions
        {
            Reader = reader,
            Faces = faces,
            Detector = detector,
            TestTimeAugmentation = flips ? TestTimeAugmentation.Flip : TestTimeAugmentation.None,
        }
    );

    private static string ReadCard(byte[] zip)
    {
        using var archive = new ZipArchive(new MemoryStream(zip), ZipArchiveMode.Read);
        if (archive.GetEntry(CardEntry) is not { Length: <= LongestCard } entry) return "";
        using var text = new StreamReader(entry.Open(), Encoding.UTF8);
        return text.ReadToEnd();
    }
}
