using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EmotionMLNet.Files;

namespace EmotionMLNet.Training.Runs;

/// <summary>
/// The file from which a killed run goes on to the same bits: magic, JSON of <see cref="TrainingProgress"/>, named float arrays, and a
/// SHA-256 over all of it. Written under a temporary name and moved, so the latest whole one is always there.
/// </summary>
internal static class Checkpoint
{
    public const string FileName = "checkpoint.bin";

    private static readonly byte[] Magic = "EMLNCKP3"u8.ToArray();

    private static readonly byte[] Older = "EMLNCKP2"u8.ToArray(); // without epoch 0, and with the threads in its key

    /// <param name="path">Replaced atomically.</param>
    /// <param name="key">Fingerprint of settings and data; a checkpoint is only resumed under the same.</param>
    /// <param name="progress">The progress of the run.</param>
    /// <param name="arrays">Weights and state by name.</param>
    public static void Save(string path, string key, TrainingProgress progress, IEnumerable<(string Name, float[] Values)> arrays)
        => AtomicFile.Write(path, file =>
        {
            using var hash = SHA256.Create();
            using (var hashed = new CryptoStream(file, hash, CryptoStreamMode.Write, leaveOpen: true))
            using (var writer = new BinaryWriter(hashed, Encoding.UTF8))
            {
                writer.Write(Magic);
                writer.Write(key);
                writer.Write(JsonSerializer.Serialize(progress));
                (string Name, float[] Values)[] all = [.. arrays];
                writer.Write(all.Length);
                foreach ((string name, float[] values) in all)
                {
                    writer.Write(name);
                    writer.Write(values.Length);
                    writer.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
                }
            }
            file.Write(hash.Hash!);
        });

    /// <summary>Reads a checkpoint into live arrays.</summary>
    /// <exception cref="TrainingException">The file is damaged or belongs to other settings or data.</exception>
    /// <exception cref="UnusableFileException">It is no regular file, or larger than any checkpoint.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public static TrainingProgress Load(string path, string key, IEnumerable<(string Name, float[] Values)> arrays)
    {
        RegularFile.Check(path, Array.MaxLength);
        try
        {
            return Read(path, key, arrays);
        }
        catch (Exception e) when (BrokenContent.Explains(e))
        {
            throw Damaged(path); // the hash is right, so somebody made it so
        }
    }

    private static TrainingProgress Read(string path, string key, IEnumerable<(string Name, float[] Values)> arrays)
    {
        byte[] file = File.ReadAllBytes(path);
        if (file.AsSpan().StartsWith(Older))
            throw new TrainingException($"{path} is of an older version of this program: start the run again from the beginning.");
        if (
            file.Length < Magic.Length + SHA256.HashSizeInBytes
            || !file.AsSpan().StartsWith(Magic)
            || !SHA256.HashData(file.AsSpan(..^SHA256.HashSizeInBytes)).AsSpan().SequenceEqual(file.AsSpan(^SHA256.HashSizeInBytes..))
        )
            throw Damaged(path);
        using var reader = new BinaryReader(
            new MemoryStream(file, Magic.Length, file.Length - Magic.Length - SHA256.HashSizeInBytes),
            Encoding.UTF8
        );
        if (reader.ReadString() != key)
            throw new TrainingException(
                $"{path} was made with other settings or other data than now: resume with the run's own settings.json and "
                    + "unchanged data, or start a new run."
            );
        TrainingProgress? progress = JsonSerializer.Deserialize<TrainingProgress>(reader.ReadString());
        if (progress is null || !IsSound(progress)) throw Damaged(path);
        (string Name, float[] Values)[] all = [.. arrays];
        bool fits = reader.ReadInt32() == all.Length;
        for (int i = 0; fits && i < all.Length; i++)
        {
            fits = reader.ReadString() == all[i].Name && reader.ReadInt32() == all[i].Values.Length;
            if (fits) reader.BaseStream.ReadExactly(System.Runtime.InteropServices.MemoryMarshal.AsBytes(all[i].Values.AsSpan()));
        }
        if (!fits) throw new TrainingException($"{path} holds another network than the settings describe: start a new run.");
        return reader.BaseStream.Position == reader.BaseStream.Length ? progress : throw Damaged(path);
    }

    // What a run writes always is: epochs without a gap, and a best one among them.
    private static bool IsSound(TrainingProgress p) =>
        p.History is { } history
        && history.All(e => e is not null)
        && history.Select((e, i) => e.Epoch == history[0].Epoch + i && double.IsFinite(e.ValidationLoss)).All(sound => sound)
        && p.BestEpoch >= 0
        && p.BestEpoch <= history.Count
        && (p.BestScore is not { } best || double.IsFinite(best))
        && double.IsFinite(p.PlateauFactor)
        && p.PlateauFactor > 0
        && p.PlateauStale >= 0
        && p.OptimiserSteps >= 0
        && double.IsFinite(p.Seconds)
        && p.Seconds >= 0
        && p.Course is null or { Length: > 0, Epochs: >= 0, Position: >= 0 and < double.PositiveInfinity, Small: >= 0 };

    private static TrainingFailedException Damaged(string path) => new($"{path} is damaged: start the run again from the beginning.");
}
