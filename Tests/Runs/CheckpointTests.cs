using EmotionMLNet.Tests.Support;
using EmotionMLNet.Training;
using EmotionMLNet.Training.Runs;

namespace EmotionMLNet.Tests.Runs;

public sealed class CheckpointTests : IDisposable
{
    private static readonly TrainingProgress Progress = new()
    {
        History =
        [
            new EpochResult(1, 1.0 / 3, 0.5, 2.0 / 7, 0.25, 0.125, 0.1f, 123.4, 5.6, true),
            new EpochResult(2, 0.3, 0.6, 0.2, 0.2, 0.1, 0.05, 120, 5.5, false),
        ],
        BestScore = 0.25,
        BestEpoch = 1,
        PlateauFactor = 0.5,
        PlateauStale = 1,
        OptimiserSteps = 42,
    };

    private readonly TemporaryFolder folder = new();

    private string FilePath => folder[Checkpoint.FileName];

    public void Dispose() => folder.Dispose();

    private static (string, float[])[] Arrays() => [("w", [1f, -0f, float.Epsilon, float.MaxValue]), ("b", [])];

    [Fact]
    public void What_was_saved_comes_back_to_the_bit()
    {
        Checkpoint.Save(FilePath, "key", Progress, Arrays());
        (string Name, float[] Values)[] read = [("w", new float[4]), ("b", [])];
        TrainingProgress progress = Checkpoint.Load(FilePath, "key", read);
        Assert.Equal(Arrays()[0].Item2.Select(BitConverter.SingleToInt32Bits), read[0].Values.Select(BitConverter.SingleToInt32Bits));
        Assert.Equal(Progress.History, progress.History);
        Assert.Equal(Progress with { History = [] }, progress with { History = [] });
        Assert.Equal(1, progress.Best!.Epoch);
    }

    [Fact]
    public void Equal_contents_give_equal_bytes()
    {
        Checkpoint.Save(FilePath, "key", Progress, Arrays());
        byte[] first = File.ReadAllBytes(FilePath);
        Checkpoint.Save(FilePath, "key", Progress, Arrays());
        Assert.Equal(first, File.ReadAllBytes(FilePath));
        Assert.Equal([FilePath], Directory.GetFiles(folder.FullName));
    }

    [Fact]
    public void Every_altered_byte_and_every_shorter_file_is_refused_in_one_line()
    {
        Checkpoint.Save(FilePath, "key", Progress, Arrays());
        byte[] whole = File.ReadAllBytes(FilePath);
        for (int i = 0; i < whole.Length; i++)
        {
            byte[] altered = [.. whole];
            altered[i] ^= 0x10;
            Refused(altered);
            Refused(whole[..i]);
        }

        void Refused(byte[] bytes)
        {
            using (FileStream file = File.Create(FilePath)) file.Write(bytes);
            var e = Assert.ThrowsAny<TrainingException>(() => Checkpoint.Load(FilePath, "key", Arrays()));
            Assert.Contains("damaged", e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', e.Message);
        }
    }

    [HostileTheory]
    [InlineData("checkpoints-1-JsonException-5.bin")]
    [InlineData("checkpoints-2-EndOfStreamException-5.bin")]
    [InlineData("checkpoints-3-FormatException-5.bin")]
    public void A_forged_one_with_the_right_hash_is_refused_in_one_line(string file)
    {
        string path = HostileFiles.Put($"checkpoints/{file}", folder);
        using var reader = new BinaryReader(new MemoryStream(File.ReadAllBytes(path)[8..]));
        string key = reader.ReadString();
        Refusal.Of<TrainingException>(path, () => Checkpoint.Load(path, key, Arrays()));
    }

    [Fact]
    public void Bytes_at_random_under_the_right_hash_are_refused_or_sound()
    {
        Checkpoint.Save(FilePath, "key", Progress, Arrays());
        byte[] whole = File.ReadAllBytes(FilePath)[..^32];
        var random = new Random(4);
        for (int i = 0; i < 4000; i++)
        {
            byte[] forged = [.. whole];
            for (int k = 0; k < 1 + i % 3; k++) forged[random.Next(8, forged.Length)] = (byte)random.Next(256);
            if (i % 5 == 0) forged = forged[..random.Next(8, forged.Length)];
            HostileFiles.Write(FilePath, forged, System.Security.Cryptography.SHA256.HashData(forged));
            try
            {
                TrainingProgress progress = Checkpoint.Load(FilePath, "key", Arrays());
                _ = progress.Best;
                Assert.All(progress.History, e => Assert.NotNull(e));
            }
            catch (TrainingException e)
            {
                Assert.DoesNotContain('\n', e.Message);
            }
        }
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{\"History\":null}")]
    [InlineData("{\"History\":[null]}")]
    [InlineData("{\"BestEpoch\":7}")]
    [InlineData("{\"BestEpoch\":-1}")]
    [InlineData("{\"PlateauFactor\":0}")]
    [InlineData("{\"Course\":{\"Length\":0,\"Epochs\":1,\"Position\":0}}")]
    public void Progress_that_no_run_makes_is_damage(string json)
    {
        using var content = new MemoryStream();
        using (var writer = new BinaryWriter(content, System.Text.Encoding.UTF8, leaveOpen: true))
        {
            writer.Write("EMLNCKP3"u8);
            writer.Write("key");
            writer.Write(json);
            writer.Write(0);
        }
        HostileFiles.Write(FilePath, content.ToArray(), System.Security.Cryptography.SHA256.HashData(content.ToArray()));
        Refusal.Of<TrainingFailedException>("damaged", () => Checkpoint.Load(FilePath, "key", []));
    }

    [Fact]
    public void Other_settings_and_other_networks_are_refused()
    {
        Checkpoint.Save(FilePath, "key", Progress, Arrays());
        Assert.Contains(
            "other settings",
            Assert.ThrowsAny<TrainingException>(() => Checkpoint.Load(FilePath, "another", Arrays())).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "another network",
            Assert.ThrowsAny<TrainingException>(() => Checkpoint.Load(FilePath, "key", [("w", new float[3]), ("b", [])])).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "another network",
            Assert.ThrowsAny<TrainingException>(() => Checkpoint.Load(FilePath, "key", [("w", new float[4])])).Message,
            StringComparison.Ordinal
        );
    }
}
