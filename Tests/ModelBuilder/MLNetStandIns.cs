namespace EmotionMLNet.Tests.ModelBuilder;

/// <summary>
/// As much of ML.NET's public surface as generated code uses, for a compiler; its packages cannot be restored here. An engine notices when
/// two threads use it at once.
/// </summary>
internal static class MLNetStandIns
{
    public const string Source = """
        using System;
        using System.Collections.Generic;
        using System.IO;
        using System.Linq;
        using System.Threading;
        using Microsoft.ML.Data;

        namespace Microsoft.ML
        {
            public interface ITransformer { }

            public sealed class Loaded : ITransformer { }

            public sealed class MLContext
            {
                public ModelOperationsCatalog Model { get; } = new ModelOperationsCatalog();
            }

            public sealed class ModelOperationsCatalog
            {
                public static int Loads, Engines;
                public static string Path = "";

                public ITransformer Load(string path, out DataViewSchema schema)
                {
                    Interlocked.Increment(ref Loads);
                    Path = path;
                    schema = new DataViewSchema();
                    return new Loaded();
                }

                public PredictionEngine<TSrc, TDst> CreatePredictionEngine<TSrc, TDst>(ITransformer transformer) where TSrc : class where TDst : class, new()
                {
                    Interlocked.Increment(ref Engines);
                    return new PredictionEngine<TSrc, TDst>();
                }
            }

            public static class Misuse
            {
                public static int Count;
            }

            public sealed class PredictionEngine<TSrc, TDst> where TSrc : class where TDst : class, new()
            {
                private int inside;

                public DataViewSchema OutputSchema { get; } = new DataViewSchema();

                public TDst Predict(TSrc example)
                {
                    if (Interlocked.Increment(ref inside) != 1) Interlocked.Increment(ref Misuse.Count);
                    Thread.Sleep(5);
                    if (typeof(TSrc).GetProperty("ImageSource").GetValue(example) == null) throw new ArgumentNullException("ImageSource");
                    var result = new TDst();
                    typeof(TDst).GetProperty("PredictedLabel").SetValue(result, "neutral");
                    typeof(TDst).GetProperty("Score").SetValue(result, new[] { 0.2f, 0.5f, 0.3f });
                    Interlocked.Decrement(ref inside);
                    return result;
                }
            }

            public sealed class DataViewSchema
            {
                public Column? GetColumnOrNull(string name) => name == "Label" ? new Column() : (Column?)null;

                public struct Column { }
            }
        }

        namespace Microsoft.ML.Data
        {
            [AttributeUsage(AttributeTargets.Property)]
            public sealed class LoadColumnAttribute : Attribute { public LoadColumnAttribute(int index) { } }

            [AttributeUsage(AttributeTargets.Property)]
            public sealed class ColumnNameAttribute : Attribute { public ColumnNameAttribute(string name) { } }

            [AttributeUsage(AttributeTargets.Property)]
            public sealed class VectorTypeAttribute : Attribute
            {
                public VectorTypeAttribute(int size) => Size = size;

                public int Size { get; }
            }

            public readonly struct VBuffer<T>
            {
                private readonly T[] values;

                public VBuffer(T[] values) => this.values = values;

                public IEnumerable<T> DenseValues() => values;
            }

            public static class AnnotationUtils
            {
                public static void GetKeyValues<T>(this DataViewSchema.Column column, ref VBuffer<T> keyValues)
                    => keyValues = new VBuffer<T>(new[] { "happy", "neutral", "悲しい" }.Select(l => (T)(object)l.AsMemory()).ToArray());
            }

            public sealed class MLImage
            {
                public long Bytes;

                public static MLImage CreateFromStream(Stream stream) => new MLImage { Bytes = stream.Length };
            }
        }

        namespace Microsoft.ML.Transforms.Image
        {
            [AttributeUsage(AttributeTargets.Property)]
            public sealed class ImageTypeAttribute : Attribute { public ImageTypeAttribute(int height, int width) { } }
        }
        """;
}
