using System.Diagnostics;
using EmotionMLNet.MLNetZip;
using EmotionMLNet.Terminal;
using EmotionMLNet.Tests.Support;
using EmotionMLNet.Tests.Transfer;
using EmotionMLNet.Training.Weights;

namespace EmotionMLNet.Tests.Commands;

public sealed class WeightsCommandTests
{
    [Fact]
    public void What_is_not_here_is_a_line_that_says_how_to_get_it()
    {
        ProcessResult result = TrainerProcess.Run("weights", "verify", "resnet18");
        Assert.Equal(ExitCode.Usage, result.Code);
        string line = Assert.Single(result.ErrorLines);
        Assert.Contains("weights pull resnet18", line, StringComparison.Ordinal);
        Assert.Contains("resnet18-f37072fd.pth as ", line, StringComparison.Ordinal);
    }

    [Fact]
    public void The_list_names_every_backbone_of_the_catalogue()
    {
        string list = TrainerProcess.Run("weights", "list").Output;
        foreach (string name in new[] { "resnet18", "resnet50", "mobilenet-v2", "mobilenet-v3-small", "vgg16", "efficientnet-b0" })
            Assert.Contains(name, list, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_is_not_there_is_one_line_with_the_way_by_hand()
    {
        ProcessResult result = TrainerProcess.Run("weights", "pull", "resnet18", "--mirror", "http://127.0.0.1:9");
        Assert.Equal(ExitCode.Failure, result.Code);
        Assert.Contains("By hand: put https://", result.ErrorLines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_graph_that_is_not_here_is_a_line_that_says_how_to_get_it()
    {
        using var folder = new TemporaryFolder();
        string faces = Path.Combine(Repository.Root, "data", "faces");
        foreach (string option in new[] { "--backbone", "--weights" })
        {
            ProcessResult result = Run(folder, folder["none"], "train", "--data", faces, option, "resnet18-mlnet", "--out", folder["run"]);
            Assert.NotEqual(ExitCode.Ok, result.Code);
            Assert.Contains("weights pull resnet18-mlnet", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
        }
    }

    [FeaturizerFact]
    public void A_graph_out_of_a_package_in_NuGets_cache_or_a_file_is_trained_by_name()
    {
        using var folder = new TemporaryFolder();
        NuGetPackage package = PretrainedWeights.Find("resnet18-mlnet").Graph!.Package;
        string unpacked = Path.Combine([folder["cache"], package.Id.ToLowerInvariant(), package.Version, .. package.Entry.Split('/')]);
        Directory.CreateDirectory(Path.GetDirectoryName(unpacked)!);
        File.CreateSymbolicLink(unpacked, FeaturizerFiles.Network!);
        ProcessResult pulled = Run(folder, folder["cache"], "weights", "pull", "resnet18-mlnet");
        Assert.True(pulled.Code == 0, pulled.Error);
        Assert.Equal(folder["weights/ResNet18.onnx"], pulled.Output.Trim());
        File.Delete(folder["weights/ResNet18.onnx"]);
        pulled = Run(folder, folder["none"], "weights", "pull", "resnet18-mlnet", "--file", FeaturizerFiles.Network!);
        Assert.True(pulled.Code == 0, pulled.Error);
        Assert.Equal(ExitCode.Ok, Run(folder, folder["none"], "weights", "verify", "resnet18-mlnet").Code);

        for (int i = 0; i < 8; i++)
            Pictures.Write(folder[$"data/train/{(i % 2 == 0 ? "a" : "b")}/{i}.png"], i);
        for (int i = 8; i < 12; i++)
            Pictures.Write(folder[$"data/validation/{(i % 2 == 0 ? "a" : "b")}/{i}.png"], i);
        ProcessResult trained = Run(
            folder,
            folder["none"],
            ["train", "--data", folder["data"], "--weights", "resnet18-mlnet", "--width", "64", "--height", "64", "--freeze", "all",
                "--epochs", "1", "--out", folder["run"]]
        );
        Assert.True(trained.Code == 0, trained.Error);
        ModelZip model = ModelZip.Load(folder["run/model.zip"]);
        Assert.Equal((64, "onnx:ResNet18"), (model.Network.InputShape.Width, model.Manifest.Architecture));
        Assert.Equal(["a", "b"], model.Manifest.Labels);
    }

    private static ProcessResult Run(TemporaryFolder folder, string cache, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [WeightStore.Variable] = folder["weights"], [NuGetPackage.CacheVariable] = cache },
        };
        foreach (string argument in (string[])[Path.Combine(AppContext.BaseDirectory, "EmotionMLNet.Trainer.dll"), .. arguments])
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        return TrainerProcess.Finish(process);
    }
}
