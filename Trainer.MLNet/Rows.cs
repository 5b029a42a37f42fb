using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace EmotionMLNet.Trainer.MLNet;

/// <summary>What a pipeline is given: a decoded picture of any size.</summary>
internal sealed class PictureRow
{
    /// <summary>The column of the resized picture, and then of its samples.</summary>
    public const string Pixels = nameof(Pixels);

    // ML.NET wants a size in the type of the column, and never looks at it.
    private const int AnySide = 224;

    [ImageType(AnySide, AnySide)]
    public MLImage? Image { get; set; }

    /// <summary>A view without rows: its schema is that of all.</summary>
    public static IDataView None(MLContext ml) => ml.Data.LoadFromEnumerable(Array.Empty<PictureRow>());
}

/// <summary>What is computed of a picture.</summary>
internal sealed class FeatureRow
{
    public float[] Features { get; set; } = [];

    /// <summary>Rows as a trainer wants them.</summary>
    /// <param name="ml">Where the view lives.</param>
    /// <param name="features">A row a picture.</param>
    /// <param name="type">The type of the column.</param>
    public static IDataView View(MLContext ml, IReadOnlyList<float[]> features, DataViewType type) =>
        ml.Data.LoadFromEnumerable(features.Select(f => new FeatureRow { Features = f }), Describe(typeof(FeatureRow), type));

    /// <summary>The same with labels.</summary>
    public static IDataView View(MLContext ml, IReadOnlyList<float[]> features, DataViewType type, IReadOnlyList<string> labels) =>
        ml.Data.LoadFromEnumerable(
            features.Zip(labels, (f, l) => new LabelledRow { Features = f, Label = l }),
            Describe(typeof(LabelledRow), type)
        );

    // A trainer wants to know how many features there are.
    private static SchemaDefinition Describe(Type row, DataViewType type)
    {
        var schema = SchemaDefinition.Create(row);
        schema[nameof(Features)].ColumnType = type;
        return schema;
    }
}

/// <summary>A training picture.</summary>
internal sealed class LabelledRow
{
    public float[] Features { get; set; } = [];

    public string Label { get; set; } = "";
}

/// <summary>A label by itself: the order of such rows is that of the classes.</summary>
internal sealed class LabelRow
{
    public string Label { get; set; } = "";
}

/// <summary>What a pipeline says of a picture.</summary>
internal sealed class ScoreRow
{
    /// <summary>A probability a label.</summary>
    public float[] Score { get; set; } = [];

    public string PredictedLabel { get; set; } = "";
}
