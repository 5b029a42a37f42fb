using EmotionMLNet.Training.Options;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EmotionMLNet.Benchmarks.Fuzzing.Mutation;
using EmotionMLNet.Networks;
using EmotionMLNet.Training.Comparison;
using EmotionMLNet.Training.Runs;
using EmotionMLNet.Training.Runs.Budget;
using EmotionMLNet.Training.Transfer;

namespace EmotionMLNet.Benchmarks.Fuzzing.Families;

/// <summary>Checkpoints, with their hash put right: the content of one that somebody, or a fault, wrote wrongly.</summary>
internal sealed class CheckpointFamily() : FormatFamily("checkpoint")
{
    private const string Key = "key";
    private const int MagicLength = 8;

    private static readonly byte[][] Words =
    [
        .. "History|BestScore|BestEpoch|Course|Length|Epochs|Position|Small|Finished|Epoch|Improved|99|-1"
            .Split('|')
            .Select(Encoding.UTF8.GetBytes),
    ];

    public override IReadOnlyList<byte[]> Seeds { get; } = MakeSeeds();

    public override byte[] Mutate(ReadOnlySpan<byte> raw, FuzzRandom random, ReadOnlySpan<byte> other)
    {
        // Magic, key with a length before it, JSON with a length of seven bits a byte before it, arrays.
        int start = MagicLength + 1 + Key.Length;
        if (random.OneIn(4) || !Length(raw, start, out int json, out int length)) return ByteMutator.Mutate(raw, random, Words, other);
        byte[] progress = JsonMutator.Mutate(raw.Slice(json, length), random, Words, []);
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(raw[..start]);
            writer.Write7BitEncodedInt(progress.Length);
            writer.Write(progress);
            writer.Write(raw[(json + length)..]);
        }
        return stream.ToArray();
    }

    public override byte[] Complete(byte[] raw) => [.. raw, .. SHA256.HashData(raw)];

    public override ulong Read(byte[] file, Scratch scratch)
    {
        TrainingProgress progress = Checkpoint.Load(scratch.Write(Checkpoint.FileName, file), Key, Arrays());
        // What a resumed run looks at first.
        ulong figure = (ulong)progress.History.Count;
        foreach (EpochResult epoch in progress.History) figure += epoch.Improved ? 16u : 0u;
        return figure + (progress.Best is null ? 0 : 1u) + (progress.Course is null ? 0 : 2u);
    }

    private static (string, float[])[] Arrays() => [("w", new float[4]), ("b", [])];

    private static byte[][] MakeSeeds()
    {
        using var scratch = new Scratch();
        string path = Path.Combine(scratch.Folder, Checkpoint.FileName);
        var epoch = new EpochResult(1, 1.25, 0.5, 1.5, 0.25, 0.125, 0.1f, 123, 5.5, true);
        TrainingProgress[] all =
        [
            new TrainingProgress(),
            new TrainingProgress
            {
                History = [epoch, epoch with { Epoch = 2, Improved = false }],
                BestScore = 0.25,
                BestEpoch = 1,
                OptimiserSteps = 42,
                Course = new SchedulePosition(4, 4, 2, 1),
                Seconds = 3,
                Finished = "all epochs done",
            },
        ];
        return [.. all.Select(progress =>
        {
            Checkpoint.Save(path, Key, progress, Arrays());
            return File.ReadAllBytes(path)[..^SHA256.HashSizeInBytes];
        })];
    }

    private static bool Length(ReadOnlySpan<byte> raw, int at, out int start, out int length)
    {
        length = 0;
        start = at;
        for (int shift = 0; shift < 28 && start < raw.Length; shift += 7)
        {
            byte b = raw[start++];
            length |= (b & 0x7F) << shift;
            if (b < 0x80) return length <= raw.Length - start;
        }
        return false;
    }
}

/// <summary>Caches of bottleneck features, with their hash put right; one that can't be used is passed over.</summary>
internal sealed class BottleneckFamily() : FormatFamily("bottlenecks")
{
    private static readonly Network Backbone = MakeBackbone();

    private static readonly Preprocessing.ImagePreprocessing Preparing = TinyNetworks.Model(Backbone).Manifest.Preprocessing;

    public override IReadOnlyList<byte[]> Seeds { get; } = MakeSeeds();

    public override int BlockInputs => 5000;

    public override byte[] Mutate(ReadOnlySpan<byte> raw, FuzzRandom random, ReadOnlySpan<byte> other)
    {
        byte[] changed = ByteMutator.Mutate(raw, random, [], other);
        // A count that fits, so that what is changed behind the header is read.
        if (changed.Length >= 16 && !random.OneIn(4))
            BinaryPrimitives.WriteInt32LittleEndian(changed.AsSpan(12), (changed.Length - 16) / (32 + 4 * Backbone.OutputShape.Channels));
        return changed;
    }

    public override byte[] Complete(byte[] raw) => [.. raw, .. SHA256.HashData(raw)];

    public override ulong Read(byte[] file, Scratch scratch)
    {
        if (!scratch.Kept.TryGetValue(nameof(BottleneckCache), out object? name))
            scratch.Kept[nameof(BottleneckCache)] = name = NameIn(scratch.Folder);
        scratch.Write((string)name, file);
        var cache = new BottleneckCache(scratch.Folder, Backbone, Preparing);
        return cache.Find(BottleneckCache.KeyOf([1])) is { } values ? (ulong)values.Length : 0;
    }

    private static string NameIn(string folder)
    {
        var cache = new BottleneckCache(folder, Backbone, Preparing);
        cache.Add(BottleneckCache.KeyOf([1]), new float[Backbone.OutputShape.Channels]);
        cache.Add(BottleneckCache.KeyOf([2]), new float[Backbone.OutputShape.Channels]);
        cache.Save();
        return Path.GetFileName(Directory.GetFiles(folder, $"*{BottleneckCache.Extension}").Single());
    }

    private static Network MakeBackbone()
    {
        var net = new NetworkBuilder(new Tensors.Shape(TinyNetworks.Side, TinyNetworks.Side, 1));
        net.Add("pool", new Layers.GlobalAveragePool());
        net.Add("last", new Layers.Linear(1, 3));
        Network network = net.Build();
        network.Initialise(seed: 1);
        return network;
    }

    private static byte[][] MakeSeeds()
    {
        using var scratch = new Scratch();
        return [File.ReadAllBytes(Path.Combine(scratch.Folder, NameIn(scratch.Folder)))[..^SHA256.HashSizeInBytes]];
    }
}

/// <summary>Settings of a run: read, laid over the defaults, checked, and written again.</summary>
internal sealed class SettingsFamily() : FormatFamily("settings")
{
    private static readonly byte[][] Words =
    [
        .. (
            "epochs|learningRate|widths|augmentation|distillation|teachers|progressive|blocks|depths|head|loss|gce=0.7|time|"
            + "01:00:00|architecture|emotion-cnn|resnet18|classWeights|freeze|all|labels|optimiser|adam-w|radam|none|happy,sad"
        )
            .Split('|')
            .Select(Encoding.UTF8.GetBytes),
    ];

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        .. new[] { "emotion-cnn", "resnet18" }.Select(a => Encoding.UTF8.GetBytes(SettingsFile.Write(TrainingDefaults.For(a, "data")))),
        "{\"epochs\": 20, // twenty\n\"head\": {\"units\": 4}, \"augmentation\": {\"flip\": true},}"u8.ToArray(),
    ];

    public override byte[] Mutate(ReadOnlySpan<byte> raw, FuzzRandom random, ReadOnlySpan<byte> other) =>
        JsonMutator.Mutate(raw, random, Words, other);

    public override int BlockInputs => 5000;

    public override ulong Read(byte[] file, Scratch scratch)
    {
        string path = scratch.Write(SettingsFile.FileName, file);
        TrainingOptions options = SettingsFile.Overlay(TrainingDefaults.For("emotion-cnn", "data"), SettingsFile.Read(path, out _), path);
        if (options.FindProblems().Any()) return 1;
        TrainingOptions again = SettingsFile.Overlay(
            TrainingDefaults.For("emotion-cnn", "data"),
            System.Text.Json.Nodes.JsonNode.Parse(SettingsFile.Write(options))!.AsObject(),
            path
        );
        if (SettingsFile.Write(again) != SettingsFile.Write(options))
            throw new BrokenPromiseException("settings that do not come back as they were written");
        if (options.FineTuning.Start is not null) return 2;
        RunFactory.CreateSchedule(options);
        RunFactory.CreatePreprocessing(options);
        return 3;
    }
}

/// <summary>How a run of a comparison ended, as it is kept beside it.</summary>
internal sealed class OutcomeFamily() : FormatFamily("outcome")
{
    private static readonly byte[][] Words =
    [
        .. "seed|bestEpoch|ended|history|epoch|seconds|improved|SEED".Split('|').Select(Encoding.UTF8.GetBytes),
    ];

    public override IReadOnlyList<byte[]> Seeds { get; } = MakeSeeds();

    public override byte[] Mutate(ReadOnlySpan<byte> raw, FuzzRandom random, ReadOnlySpan<byte> other) =>
        JsonMutator.Mutate(raw, random, Words, other);

    public override ulong Read(byte[] file, Scratch scratch)
    {
        scratch.Write("outcome.json", file);
        return RunOutcome.Find(scratch.Folder) is { } outcome
            ? 1 + (ulong)outcome.Seconds.ToString("R", System.Globalization.CultureInfo.InvariantCulture).Length
            : 0;
    }

    private static byte[][] MakeSeeds()
    {
        using var scratch = new Scratch();
        new RunOutcome(1, 1, "all epochs done", [new EpochResult(1, 1.25, 0.5, 1.5, 0.25, 0.125, 0.1f, 123, 5.5, true)]).Save(
            scratch.Folder
        );
        return [File.ReadAllBytes(Path.Combine(scratch.Folder, "outcome.json"))];
    }
}
