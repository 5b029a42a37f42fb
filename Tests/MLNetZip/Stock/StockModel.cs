using EmotionMLNet.MLNetZip;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace EmotionMLNet.Tests.MLNetZip.Stock;

/// <summary>A zip as an application has it that knows ML.NET and nothing of ours: loaded, run, evaluated and saved by ML.NET.</summary>
internal sealed class StockModel : IDisposable
{
    private readonly ModelInputMode mode;

    private StockModel(ITransformer transformer, DataViewSchema schema, ModelInputMode mode)
    {
        Transformer = transformer;
        Schema = schema;
        this.mode = mode;
    }

    public MLContext Context { get; private init; } = new();

    public ITransformer Transformer { get; }

    /// <summary>The columns that the zip says it takes.</summary>
    public DataViewSchema Schema { get; }

    public static StockModel Load(string zip, ModelInputMode mode)
    {
        var context = new MLContext();
        ITransformer transformer = context.Model.Load(zip, out DataViewSchema schema);
        return new StockModel(transformer, schema, mode) { Context = context };
    }

    public void Save(string zip) => Context.Model.Save(Transformer, Schema, zip);

    /// <summary>The labels, as the slots of the scores name them; of the engine that predicted last.</summary>
    public string[] SlotNames { get; private set; } = [];

    /// <param name="sources">What ImageSource is of each row: the bytes of a file, its path, or pixels, as the mode has it.</param>
    public List<StockOutput> PredictEach(params IEnumerable<object?> sources) => mode switch
    {
        ModelInputMode.Path => Each(sources, (PathInput input, object? source) => input.ImageSource = (string?)source),
        ModelInputMode.Raw => Each(sources, (RawInput input, object? source) => input.ImageSource = (byte[]?)source),
        _ => Each(sources, (BytesInput input, object? source) => input.ImageSource = (byte[]?)source),
    };

    /// <summary>The same as one data view through Transform.</summary>
    public List<StockOutput> Transform(params IEnumerable<object?> sources)
    {
        IDataView scored = Transformer.Transform(View([.. sources.Select(s => ("", s))]));
        return [.. Context.Data.CreateEnumerable<StockOutput>(scored, reuseRowObject: false, ignoreMissingColumns: true)];
    }

    /// <summary>A data view of labelled rows, as the mode has it.</summary>
    public IDataView View((string Label, object? Source)[] rows) => mode switch
    {
        ModelInputMode.Path => Rows<PathInput>(rows, (input, source) => input.ImageSource = (string?)source),
        ModelInputMode.Raw => Rows<RawInput>(rows, (input, source) => input.ImageSource = (byte[]?)source),
        _ => Rows<BytesInput>(rows, (input, source) => input.ImageSource = (byte[]?)source),
    };

    // A session of ONNX Runtime and a temporary file.
    public void Dispose() => (Transformer as IDisposable)?.Dispose();

    private List<StockOutput> Each<TInput>(IEnumerable<object?> sources, Action<TInput, object?> set)
        where TInput : class, IStockInput, new()
    {
        using PredictionEngine<TInput, StockOutput> engine = Context.Model.CreatePredictionEngine<TInput, StockOutput>(
            Transformer,
            // Without this an engine takes the model along when it is disposed.
            new PredictionEngineOptions { InputSchemaDefinition = Columns<TInput>(), OwnsTransformer = false }
        );
        VBuffer<ReadOnlyMemory<char>> names = default;
        engine.OutputSchema["Score"].GetSlotNames(ref names);
        SlotNames = [.. names.DenseValues().Select(n => n.ToString())];
        var outputs = new List<StockOutput>();
        foreach (object? source in sources)
        {
            using var input = new TInput();
            set(input, source);
            outputs.Add(engine.Predict(input));
        }
        return outputs;
    }

    private IDataView Rows<TInput>((string Label, object? Source)[] rows, Action<TInput, object?> set)
        where TInput : class, IStockInput, new() =>
        Context.Data.LoadFromEnumerable(
            rows.Select(row =>
            {
                var input = new TInput { Label = row.Label };
                set(input, row.Source);
                return input;
            }),
            Columns<TInput>()
        );

    // The one column whose length is the model's: an application writes it into an attribute.
    private SchemaDefinition Columns<TInput>()
    {
        var columns = SchemaDefinition.Create(typeof(TInput));
        if (mode == ModelInputMode.Raw) columns["ImageSource"].ColumnType = Schema["ImageSource"].Type;
        return columns;
    }
}

/// <summary>A row that ML.NET reads.</summary>
public interface IStockInput : IDisposable
{
    string? Label { get; set; }
}

/// <summary>The row of a zip in bytes mode: a file's bytes, and the picture that is made of them.</summary>
public sealed class BytesInput : IStockInput
{
    private MLImage? decoded;

    public string? Label { get; set; }

    public byte[]? ImageSource { get; set; }

    /// <summary>Made once a row, of which ML.NET may ask for it several times.</summary>
    [ImageType(1, 1)]
    public MLImage? Image
    {
        get
        {
            if (ImageSource is null || decoded is not null) return decoded;
            using var stream = new MemoryStream(ImageSource);
            return decoded = MLImage.CreateFromStream(stream);
        }
    }

    public void Dispose()
    {
        decoded?.Dispose();
        decoded = null;
    }
}

/// <summary>The row of a zip in path mode.</summary>
public sealed class PathInput : IStockInput
{
    public string? Label { get; set; }

    public string? ImageSource { get; set; }

    public void Dispose() { }
}

/// <summary>The row of a zip in raw mode: the pixels at network size.</summary>
public sealed class RawInput : IStockInput
{
    public string? Label { get; set; }

    public byte[]? ImageSource { get; set; }

    public void Dispose() { }
}

/// <summary>What a zip says of a row.</summary>
public sealed class StockOutput
{
    public string PredictedLabel { get; set; } = "";

    public float[] Score { get; set; } = [];
}
