using System.Text;
using EmotionMLNet.Benchmarks.Fuzzing.Mutation;
using EmotionMLNet.Training.Options;
using EmotionMLNet.Training.Tuning;
using EmotionMLNet.Training.Tuning.Space;

namespace EmotionMLNet.Benchmarks.Fuzzing.Families;

/// <summary>Search spaces: read, written and read again, and a few points of them made into settings.</summary>
internal sealed class SpaceFamily() : FormatFamily("space")
{
    private static readonly TrainingOptions Defaults = TrainingDefaults.For("emotion-cnn", "data");

    private static readonly byte[][] Words =
    [
        .. (
            "min|max|log|default|step|choices|when|logOfComplement|zeroShare|true|false|null|[]|{}|0|1|-1|1e-3|1e38|sgd|adamw|"
            + "optimisation.optimiser|optimisation.learningRate|optimisation.batchSize|network.widths|augmentation.strength|fineTuning.head"
        )
            .Split('|')
            .Select(Encoding.UTF8.GetBytes),
    ];

    public override IReadOnlyList<byte[]> Seeds { get; } =
    [
        Encoding.UTF8.GetBytes(SpaceFile.Write(SpaceDefaults.For(Defaults))),
        Encoding.UTF8.GetBytes(SpaceFile.Write(SpaceDefaults.Menu(Defaults).Keep("batchSize", "widths", "strength"))),
    ];

    public override int BlockInputs => 2000;

    public override int TestInputs => 800;

    public override byte[] Mutate(ReadOnlySpan<byte> raw, FuzzRandom random, ReadOnlySpan<byte> other) =>
        JsonMutator.Mutate(raw, random, Words, other);

    public override ulong Read(byte[] file, Scratch scratch)
    {
        string path = scratch.Write(SpaceFile.FileName, file);
        SearchSpace space = SpaceFile.Read(path, Defaults);
        string written = SpaceFile.Write(space);
        scratch.Write(SpaceFile.FileName, Encoding.UTF8.GetBytes(written));
        if (SpaceFile.Write(SpaceFile.Read(path, Defaults)) != written)
            throw new BrokenPromiseException("a search space that does not come back as it was written");
        for (int i = 0; i < 3; i++)
        {
            var draws = Draws.Of(1, i, Draws.Purpose.Uniform);
            Parameter point = space.SampleFromFeatureSpace(Draws.Point(space.Cube, ref draws));
            SettingsFile.Overlay(Defaults, TunedSettings.ToSettings(point, Defaults), path);
            if (!space.SampleFromFeatureSpace(space.MappingToFeatureSpace(point)).Keys.Order().SequenceEqual(point.Keys.Order()))
                throw new BrokenPromiseException("a point that comes back from the cube with other settings");
        }
        return (ulong)space.FeatureSpaceDim + 64 * (ulong)space.MostActive;
    }
}
