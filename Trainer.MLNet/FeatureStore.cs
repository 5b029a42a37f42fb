using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using EmotionMLNet.Files;
using EmotionMLNet.Preprocessing;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Data;
using EmotionMLNet.Training.Data.TrainingSet;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Reporting;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace EmotionMLNet.Trainer.MLNet;

/// <summary>
/// Features of pictures, computed once: all trainers and seeds of a comparison share them. Slow ones are kept on disk besides, in blocks
/// under the hash of the pictures' bytes, so that an interrupted comparison goes on in the middle.
/// </summary>
internal sealed class FeatureStore
{
    private const int Block = 64;

    // Whether a picture can be used does not depend on the size, and whole data sets at 224 x 224 would fill the memory.
    private static readonly ImagePreprocessing Checked = new()
    {
        Width = 48,
        Height = 48,
        Channels = 1,
        Mean = [0],
        StandardDeviation = [1],
    };

    private readonly ConditionalWeakTable<ImageSet, Dictionary<string, float[][]>> known = [];
    private readonly Dictionary<string, Dataset> loaded = new(StringComparer.Ordinal);

    /// <summary>Training and validation pictures, without their pixels: features are computed of the stored bytes.</summary>
    /// <param name="options">The data, their division, and what is left out of training.</param>
    /// <param name="reporter">Receives messages about what was found.</param>
    /// <param name="cancellation">Checked between pictures.</param>
    public Dataset Load(TrainingOptions options, IReporter reporter, CancellationToken cancellation)
    {
        DataOptions data = options.DividedData;
        TrainingSetOptions changes = new() { DropLeaks = options.TrainingSet.DropLeaks, Exclude = options.TrainingSet.Exclude };
        string key = string.Join('\n', (object?[])[data, string.Join('\t', data.Labels ?? []), changes]);
        if (loaded.TryGetValue(key, out Dataset? before)) return before;
        Dataset dataset;
        DataReport report;
        using (IWork progress = reporter.Begin("checking the pictures", "images"))
            (dataset, report) = DataLoader.Load(data, Checked, [Split.Train, Split.Validation], progress, cancellation);
        dataset = TrainingSetCuration.Apply(dataset, report, changes);
        dataset.RequireValidation(data.Path);
        return loaded[key] = dataset with { Sets = [.. dataset.Sets.Select(s => s with { Pixels = [] })] };
    }

    /// <summary>The features of all pictures of a set, in its order.</summary>
    /// <param name="features">What is computed.</param>
    /// <param name="images">Pictures that can be read again.</param>
    /// <param name="folder">Where slow features are kept.</param>
    /// <param name="reporter">Shows how far it is.</param>
    /// <param name="cancellation">Checked between pictures.</param>
    public float[][] Compute(Features features, ImageSet images, string folder, IReporter reporter, CancellationToken cancellation)
    {
        Dictionary<string, float[][]> ofSet = known.GetOrCreateValue(images);
        if (ofSet.TryGetValue(features.Identity, out float[][]? before)) return before;
        IReadOnlyList<ImageContent> contents =
            images.Contents ?? throw new TrainingFailedException($"The pictures of {images.Name} are in no file that could be read again.");
        var rows = new float[images.Count][];
        using IWork progress = reporter.Begin("computing features", "images");
        // The steps go on being used: by default an engine takes them with it.
        using var engine = features.Context.Model.CreatePredictionEngine<PictureRow, FeatureRow>(
            features.Front,
            new PredictionEngineOptions { OwnsTransformer = false }
        );
        for (int start = 0; start < rows.Length; start += Block)
        {
            int count = Math.Min(Block, rows.Length - start);
            byte[][] stored = [.. Enumerable.Range(start, count).Select(i => contents[i].Read())];
            string path = Path.Combine(folder, $"{Hash(features.Identity, stored)}.features");
            float[][] block = features.IsSlow && Read(path, count) is { } kept ? kept : new float[count][];
            bool isNew = block[0] is null;
            for (int i = 0; i < count && isNew; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                using MLImage picture = PictureDecoder.Decode(stored[i], contents[start + i]);
                block[i] = engine.Predict(new PictureRow { Image = picture }).Features;
                progress.Report(new WorkProgress(start + i + 1, rows.Length));
            }
            if (isNew && features.IsSlow) Write(path, block);
            block.CopyTo(rows, start);
            progress.Report(new WorkProgress(start + count, rows.Length));
        }
        return ofSet[features.Identity] = rows;
    }

    private static string Hash(string identity, byte[][] pictures)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(identity));
        foreach (byte[] picture in pictures) hash.AppendData(SHA256.HashData(picture));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..32];
    }

    // Null where there is none of that length: it is computed again.
    private static float[][]? Read(string path, int count)
    {
        if (!File.Exists(path)) return null;
        float[] all = MemoryMarshal.Cast<byte, float>(RegularFile.ReadAllBytes(path)).ToArray();
        if (all.Length == 0 || all.Length % count != 0) return null;
        return [.. all.Chunk(all.Length / count)];
    }

    private static void Write(string path, float[][] rows)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, stream =>
        {
            foreach (float[] row in rows) stream.Write(MemoryMarshal.AsBytes(row.AsSpan()));
        });
    }
}
