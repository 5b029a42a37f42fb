using System.Buffers.Binary;
using System.Security.Cryptography;
using EmotionMLNet.Files;
using EmotionMLNet.Networks;
using EmotionMLNet.Onnx;
using EmotionMLNet.Onnx.Inputs;
using EmotionMLNet.Preprocessing;

namespace EmotionMLNet.Training.Transfer;

/// <summary>
/// Bottleneck features on disk: a file a backbone, a record a picture, both found by content. The name of the file is a hash over the
/// backbone's structure, weights and preprocessing, the key of a record one over the prepared pixels; so nothing stale is ever used, and
/// the folder may be deleted at any time.
/// </summary>
/// <remarks>
/// Header: "EMBN", version, length of a feature vector, number of records (int32 each); record: SHA-256, floats; behind the last, the
/// SHA-256 of all before. Little-endian.
/// </remarks>
internal sealed class BottleneckCache
{
    public const string Extension = ".bottlenecks";

    private const int HeaderLength = 16, KeyLength = 32, HashLength = 32, Version = 2;

    // How long one process waits for another to write: a cache is worth some seconds, and a run goes on without it.
    private const int LockTries = 100, LockPause = 100;

    private readonly string? path;
    private readonly int length;
    private readonly Dictionary<string, float[]> features = [];
    private bool changed;

    /// <summary>Opens what is there; a file that is damaged is not used, and replaced.</summary>
    public BottleneckCache(string folder, Network backbone, ImagePreprocessing preprocessing)
        : this(folder, ComputeFingerprint(backbone, preprocessing), backbone.OutputShape.Channels)
    {
    }

    /// <summary>Opens what is there; a file that is damaged is not used, and replaced.</summary>
    /// <param name="folder">Made when something is saved; null saves nothing.</param>
    /// <param name="fingerprint">The fingerprint of the backbone.</param>
    /// <param name="length">The length of a feature vector.</param>
    public BottleneckCache(string? folder, string fingerprint, int length)
    {
        this.length = length;
        if (folder is null) return;
        path = Path.Combine(folder, $"{fingerprint[..24]}{Extension}");
        if (RegularFile.Exists(path) && new FileInfo(path).Length <= Array.MaxLength) Read(File.ReadAllBytes(path));
    }

    public static string KeyOf(byte[] pixels) => Convert.ToHexString(SHA256.HashData(pixels));

    public float[]? Find(string key) => features.GetValueOrDefault(key);

    public void Add(string key, float[] values)
    {
        features[key] = values;
        changed = true;
    }

    /// <summary>
    /// Writes what was added, beside what other processes have added meanwhile. A reader sees the old file or the new. Where another
    /// process holds the file for long, nothing is written: then it is computed again one day.
    /// </summary>
    public void Save()
    {
        if (!changed || path is null) return;
        for (int i = 0; i < LockTries; i++)
        {
            try
            {
                using var held = FileLock.Acquire($"{path}.lock", path);
                if (File.Exists(path)) Read(File.ReadAllBytes(path));
                Write(path);
                changed = false;
                return;
            }
            catch (FileLockedException)
            {
                Thread.Sleep(LockPause);
            }
        }
    }

    private void Write(string path)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AtomicFile.Write(path, stream =>
        {
            void Put(byte[] bytes)
            {
                stream.Write(bytes);
                hash.AppendData(bytes);
            }
            var header = new byte[HeaderLength];
            "EMBN"u8.CopyTo(header);
            foreach ((int at, int value) in new[] { (4, Version), (8, length), (12, features.Count) })
                BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(at), value);
            Put(header);
            var single = new byte[4 * length];
            foreach ((string key, float[] values) in features)
            {
                Put(Convert.FromHexString(key));
                for (int i = 0; i < length; i++) BinaryPrimitives.WriteSingleLittleEndian(single.AsSpan(4 * i), values[i]);
                Put(single);
            }
            stream.Write(hash.GetHashAndReset());
        });
    }

    private void Read(byte[] file)
    {
        int record = KeyLength + 4 * length;
        if (
            file.Length < HeaderLength + HashLength
            || !file.AsSpan().StartsWith("EMBN"u8)
            || Int(4) != Version
            || Int(8) != length
            || Int(12) < 0
            || file.Length != HeaderLength + HashLength + (long)Int(12) * record
        )
            return;
        if (!SHA256.HashData(file.AsSpan(..^HashLength)).AsSpan().SequenceEqual(file.AsSpan(^HashLength..))) return;
        for (int at = HeaderLength; at < file.Length - HashLength; at += record)
        {
            var values = new float[length];
            for (int i = 0; i < length; i++) values[i] = BinaryPrimitives.ReadSingleLittleEndian(file.AsSpan(at + KeyLength + 4 * i));
            if (values.All(float.IsFinite)) features[Convert.ToHexString(file.AsSpan(at, KeyLength))] = values;
        }

        int Int(int at) => BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at));
    }

    /// <summary>SHA-256, hex, of a backbone and of what it sees.</summary>
    /// <remarks>
    /// The ONNX form says everything that a layer computes with; resize and padding are all that it does not say of the pictures.
    /// </remarks>
    public static string ComputeFingerprint(Network backbone, ImagePreprocessing preprocessing) =>
        OnnxWriter
            .Write(
                backbone,
                preprocessing,
                new FloatInput(),
                OnnxWeights.Full,
                [new("resize", $"{preprocessing.Resize} {preprocessing.PadValue}")]
            )
            .Sha256();
}
