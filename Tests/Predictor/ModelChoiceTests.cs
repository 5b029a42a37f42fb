using EmotionMLNet.Predictor;
using EmotionMLNet.Tests.Support;

namespace EmotionMLNet.Tests.Predictor;

/// <summary>Which model runs when one is named, and when none is.</summary>
public sealed class ModelChoiceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_first_argument_that_is_called_like_a_model_is_one_and_any_other_is_a_picture()
    {
        Directory.CreateDirectory(folder["faces.zip"]);
        Assert.Equal(("m.zip", 1), Split(null, "m.zip", "faces"));
        Assert.Equal(("m.ONNX", 0), Split(null, "m.ONNX"));
        Assert.Equal((null, 2), Split(null, "faces", "m.zip"));
        Assert.Equal((null, 1), Split(null, folder["faces.zip"])); // a folder, whatever it is called
        Assert.Equal(("happy-sad", 1), Split("happy-sad", "m.zip")); // --model: all arguments are pictures

        static (string?, int) Split(string? asked, params string[] arguments)
        {
            (string? model, IReadOnlyList<string> paths) = ModelChoice.Split(asked, arguments);
            return (model, paths.Count);
        }
    }

    [Fact]
    public void Without_a_name_it_is_the_shipped_one_by_name_one_of_the_folders_first_come()
    {
        TinyModel.Make().Save(folder["b/fer2013.zip"]);
        TinyModel.Make().Save(folder["b/happy-sad.zip"]);
        Assert.Equal(folder["b/fer2013.zip"], Find(null));
        Assert.Equal(folder["b/happy-sad.zip"], Find("happy-sad"));
        Assert.Equal(folder["b/happy-sad.zip"], Find("happy-sad.zip"));
        Assert.Equal(folder["b/fer2013.zip"], Find(folder["b/fer2013.zip"]));
        TinyModel.Make().Save(folder["a/fer2013.zip"]);
        Assert.Equal(folder["a/fer2013.zip"], Find(null));

        string? Find(string? asked) => ModelChoice.Find(asked, [folder["a"], folder["b"]], out _);
    }

    [Theory]
    [InlineData(null, "there is no fer2013.zip in A")]
    [InlineData("happy-sad", "there is no happy-sad.zip in A")]
    [InlineData("nowhere/m.zip", "there is no such model")]
    [InlineData("net.onnx", "import --onnx net.onnx")]
    public void What_is_missing_is_one_line_with_a_remedy(string? asked, string expected)
    {
        Assert.Null(ModelChoice.Find(asked, ["A"], out string problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem);
    }

    [Fact]
    public void The_program_classifies_with_the_model_of_the_folder_that_the_environment_names()
    {
        TinyModel.Make().Save(folder["models/fer2013.zip"]);
        TinyModel.Make("residual", "x", "y", "z").Save(folder["models/happy-sad.zip"]);
        File.Copy(
            Directory
                .GetFiles(Path.Combine(Repository.Root, "data", "faces"), "*.*", SearchOption.AllDirectories)
                .First(f => Path.GetExtension(f) is ".png" or ".jpg"),
            folder["picture.png"]
        );
        Assert.StartsWith(
            "path,label,confidence,angry,happy,sad,error",
            Run(folder["picture.png"], "--tta", "flip").Output,
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "path,label,confidence,x,y,z,error",
            Run(folder["picture.png"], "--model", "happy-sad").Output,
            StringComparison.Ordinal
        );
        ProcessResult missing = Run(folder["picture.png"], "--model", "other"), empty = Run(folder["models/fer2013.zip"]);
        Assert.Equal((2, 2), (missing.Code, empty.Code));
        Assert.Contains("there is no other.zip", Assert.Single(missing.ErrorLines), StringComparison.Ordinal);
        Assert.Contains("nothing to classify", Assert.Single(empty.ErrorLines), StringComparison.Ordinal);
    }

    private ProcessResult Run(params string[] arguments) => PredictorProcess.Run(folder["models"], arguments);
}
